#include "collectors/loss/find_end.h"

#include <algorithm>

namespace kie::loss {
namespace {

/// Whether a leader from outside the ISR was elected after the epoch `from` ended, up to the
/// beginning of `to`.
bool is_from_outside(std::span<const Pending> pending, LeaderEpoch from, LeaderEpoch to) {
  return std::ranges::any_of(pending, [&](const Pending& one) {
    return from <= one.epoch && one.epoch < to && one.from_outside;
  });
}

void put_end(std::vector<KnownEnd>& ends, const KnownEnd& end) {
  const auto place = std::ranges::lower_bound(ends, end.epoch, {}, &KnownEnd::epoch);
  if (place != ends.end() && place->epoch == end.epoch) {
    *place = end;
  } else {
    ends.insert(place, end);
  }
  if (ends.size() > kEndsKept) ends.erase(ends.begin());
}

}  // namespace

FoundEnd find_end(const Pending& epoch, const model::EpochEnd& answered,
                  std::span<const Pending> pending, std::span<const KnownEnd> ends_before) {
  if (answered.epoch >= epoch.epoch) return {.end = answered.end};
  // The log never had the epoch.
  const auto known = std::ranges::find_if(ends_before, [&](const KnownEnd& one) {
    return one.epoch == answered.epoch && one.in == epoch.epoch;
  });
  if (known != ends_before.end()) return {.end = std::min(answered.end, known->end)};
  // Nothing below the committed end of the older epoch is uncommitted, unless a leader without
  // these records was elected since.
  const auto older = std::ranges::find(pending, answered.epoch, &Pending::epoch);
  return {.end = answered.end,
          .is_at_most = older == pending.end() || answered.end > older->committed_end ||
                        is_from_outside(pending, answered.epoch, epoch.epoch)};
}

void keep_end(std::vector<KnownEnd>& ends, LeaderEpoch epoch, const model::EpochEnd& answered,
              LeaderEpoch newest) {
  put_end(ends, {answered.epoch, answered.end, newest});
  if (answered.epoch < epoch) {
    // The log has no record of the epoch: if a leader returns with some, the epoch ends where it
    // began.
    put_end(ends, {epoch, answered.end, newest});
    return;
  }
  // What came before the epoch is the same in all logs that have the epoch.
  for (auto& one : ends)
    if (one.in == epoch && one.epoch < epoch) one.in = newest;
}

}  // namespace kie::loss
