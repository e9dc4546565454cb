#include "collectors/loss/acknowledged.h"

#include "collectors/loss/partitions.h"

#include <algorithm>
#include <ranges>
#include <utility>

namespace kie::loss {
namespace {

/// What fits nobody who leads is not waited for longer: a look or two may have been old news.
constexpr int kMostLooks = 3;

void raise(std::optional<Offset>& highest, Offset next) {
  highest = std::max(highest.value_or(next), next);
}

template <class T>
void raise(T& acknowledged, const Segment& segment) {
  raise(segment.by_all ? acknowledged.by_all : acknowledged.by_one, segment.next);
}

LeaderEpoch before(LeaderEpoch epoch) { return LeaderEpoch{epoch.value - 1}; }

/// The succession that ended the epoch; nullptr if it is not known any more.
const Pending* succession_of(const Partition& partition, LeaderEpoch epoch) {
  const auto ended = [&](const Pending& one) { return one.epoch <= epoch && epoch < one.after; };
  for (const auto& one : partition.pending)
    if (ended(one)) return &one;
  for (const auto& one : std::views::reverse(partition.assessed))
    if (ended(one.pending)) return &one.pending;
  return nullptr;
}

/// Not acknowledged in the present epoch: in that one it would be below the high watermark of a
/// look that came after it.
bool is_above(const Segment& segment, const Led& led) {
  return segment.by_all && led.latest && segment.next > *led.latest;
}

/// Whether the present leader can have acknowledged it.
bool fits(const Segment& segment, const Led& led) {
  if (segment.broker && *segment.broker != led.leader) return false;
  return !is_above(segment, led);
}

/// The newest epoch in which the segment's last offset can have been acknowledged.
std::optional<LeaderEpoch> bound(const Segment& segment, const Led& led,
                                 const Partition* partition) {
  if (fits(segment, led)) return led.epoch;
  const auto& waiting = *segment.waiting;
  if (partition != nullptr && segment.bound && *segment.bound < led.epoch) {
    // A late one of a leader that has gone.
    const auto* gone = succession_of(*partition, *segment.bound);
    if (gone != nullptr && waiting.at <= gone->to) return before(gone->after);
  }
  // The leader changed after it was heard. Where it did not, the look may be older news than the
  // report; and a new leader's epoch may be known before its name is.
  const bool has_changed = waiting.known && *waiting.known < led.epoch;
  if (has_changed && (is_above(segment, led) || segment.broker == waiting.leader))
    return before(led.epoch);
  return std::nullopt;
}

/// A segment that another one of the same producer came after.
std::optional<LeaderEpoch> bound_by_next(const Segment& segment, const Segment& next) {
  if (!next.bound) return std::nullopt;
  const bool other_broker = segment.broker && next.broker && *segment.broker != *next.broker;
  // Within an epoch offsets only grow.
  const bool went_back = next.next < segment.next;
  return other_broker || went_back ? before(*next.bound) : *next.bound;
}

/// True if it has to be asked for.
bool put(Partition& partition, const Segment& segment, LeaderEpoch newest) {
  const auto epoch = *segment.bound;
  if (epoch == newest) {
    if (!partition.acknowledged || partition.acknowledged->epoch != epoch)
      partition.acknowledged = Acknowledged{epoch, {}, {}};
    raise(*partition.acknowledged, segment);
    return false;
  }
  const auto same = std::ranges::find(partition.pending, epoch, &Pending::epoch);
  if (same != partition.pending.end()) {
    raise(*same, segment);
    return true;
  }
  const auto* succession = succession_of(partition, epoch);
  if (succession == nullptr) return false;
  auto pending = *succession;
  pending.epoch = epoch;
  pending.safe = Offset{0};
  pending.by_all.reset();
  pending.by_one.reset();
  raise(pending, segment);
  insert(partition, std::move(pending));
  return true;
}

bool settle_one(State& state, const ReporterKey& key, Reporter& reporter, const Led& led) {
  auto found = state.topics.find(key.topic);
  const bool is_known = found != state.topics.end() &&
                        (!led.topic_id || !found->second.id || found->second.id == led.topic_id);
  const auto* partition = is_known ? find(found->second, key.partition) : nullptr;
  bool has_questions = false;
  const Segment* next = nullptr;
  for (auto& segment : std::views::reverse(reporter.segments)) {
    const auto* later = std::exchange(next, &segment);
    if (!segment.waiting) continue;
    const auto& waiting = *segment.waiting;
    // What was acknowledged before may have been another topic's.
    if (waiting.at < led.topic_since) {
      segment.waiting.reset();
      continue;
    }
    const auto heard = segment.by_all ? led.offsets_seen : led.seen;
    if (led.seen < waiting.arrived || !heard || *heard < waiting.arrived) continue;
    auto epoch = bound(segment, led, partition);
    if (later != nullptr)
      if (const auto most = bound_by_next(segment, *later))
        epoch = std::min(epoch.value_or(*most), *most);
    if (!epoch || epoch->value < 0) {
      if (++segment.waiting->looks >= kMostLooks) segment.waiting.reset();
      continue;
    }
    segment.bound = epoch;
    segment.waiting.reset();
    auto& topic = topic_of(state, key.topic, led.topic_id);
    auto& of = find_or_add(topic, key.partition);
    partition = &of;
    has_questions |= put(of, segment, led.epoch);
  }
  return has_questions;
}

}  // namespace

void hear(State& state, std::vector<Acknowledgement> all, const LedBy& led_by) {
  for (auto& one : all) {
    auto& reporter = state.reporters[{one.topic, one.partition, one.instance}];
    reporter.heard = one.arrived;
    auto& segments = reporter.segments;
    auto place = std::ranges::lower_bound(segments, one.segment, {}, &Segment::number);
    if (place == segments.end() || place->number != one.segment) {
      // One that was dropped is not new.
      if (segments.size() == kSegmentsKept && place == segments.begin()) continue;
      place = segments.insert(place, Segment{.number = one.segment,
                                             .broker = one.broker,
                                             .by_all = one.by_all,
                                             .next = Offset{0},
                                             .bound = {},
                                             .waiting = {}});
    }
    if (one.next > place->next) {
      place->next = one.next;
      const auto led = led_by(one.topic, one.partition);
      auto& waiting = place->waiting.emplace();
      waiting.at = one.at;
      waiting.arrived = one.arrived;
      if (led) {
        waiting.known = led->epoch;
        waiting.leader = led->leader;
      }
    }
    if (segments.size() > kSegmentsKept) segments.erase(segments.begin());
  }
}

bool settle(State& state, const LedBy& led_by, Instant at) {
  bool has_questions = false;
  for (auto& [key, reporter] : state.reporters) {
    if (std::ranges::none_of(reporter.segments,
                             [](const Segment& one) { return one.waiting.has_value(); }))
      continue;
    if (const auto led = led_by(key.topic, key.partition))
      has_questions |= settle_one(state, key, reporter, *led);
  }
  std::erase_if(state.reporters,
                [&](const auto& entry) { return entry.second.heard <= at - kWindow; });
  return has_questions;
}

}  // namespace kie::loss
