#include "collectors/loss/why_unknown.h"

#include <algorithm>

namespace kie::loss {

std::optional<UnknownReason> why_unknown(const Pending& epoch, const FoundEnd& found,
                                         const model::EpochEnd& answered, Offset log_start,
                                         bool is_from_outside) {
  if (answered.epoch < epoch.epoch) {
    // Uncommitted records beyond the last committed offset may hide a loss below them. If the end
    // is exactly that offset, nothing was written since and nothing is hidden.
    const auto& acks_all = epoch.acked.acks_all;
    const Offset committed_end =
        acks_all ? std::max(epoch.committed_end, acks_all->next) : epoch.committed_end;
    const bool is_hidden = found.is_at_most && found.end > committed_end && is_from_outside;
    return is_hidden ? std::optional{UnknownReason::kUnseenEpoch} : std::nullopt;
  }
  // For an epoch that is older than all it knows, a log answers with its first offset.
  const bool may_be_start = answered.end <= log_start;
  const bool has_risen = !epoch.log_start || answered.end > *epoch.log_start;
  return may_be_start && has_risen ? std::optional{UnknownReason::kLogStart} : std::nullopt;
}

bool was_whole(const Pending& epoch, std::span<const KnownEnd> ends_before, LeaderEpoch newest) {
  Offset safe_end = epoch.committed_end;
  for (const auto& acked : {epoch.acked.acks_all, epoch.acked.acks_one})
    if (acked) safe_end = std::max(safe_end, acked->next);
  return std::ranges::any_of(ends_before, [&](const KnownEnd& one) {
    return one.epoch == epoch.epoch && one.in == newest && one.end >= safe_end;
  });
}

}  // namespace kie::loss
