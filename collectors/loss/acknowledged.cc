#include "collectors/loss/acknowledged.h"

#include "collectors/loss/partitions.h"

#include <algorithm>
#include <ranges>
#include <utility>
#include <vector>

namespace kie::loss {
namespace {

/// After so many snapshots without a leader that fits, a report is no longer held: one or two of
/// them may have been outdated.
constexpr int kMostSnapshots = 3;

void raise(Acknowledged& acked, const AckedSegment& segment, Instant at) {
  auto& highest = segment.acks_all ? acked.acks_all : acked.acks_one;
  if (!highest || highest->next < segment.next ||
      (highest->next == segment.next && highest->at < at))
    highest = Acked{segment.next, at};
}

LeaderEpoch before(LeaderEpoch epoch) { return LeaderEpoch{epoch.value - 1}; }

/// The epoch change that ended the epoch; nullptr if it is no longer known.
const Pending* epoch_change_of(const PartitionLoss& partition, LeaderEpoch epoch) {
  const auto ended = [&](const Pending& one) { return one.epoch <= epoch && epoch < one.after; };
  for (const auto& one : partition.pending)
    if (ended(one)) return &one;
  for (const auto& one : std::views::reverse(partition.assessed))
    if (ended(one.pending)) return &one.pending;
  return nullptr;
}

/// Not acknowledged in the present epoch: there it would be below the high watermark of a later
/// snapshot.
bool is_above(const AckedSegment& segment, const LeaderInfo& led) {
  return segment.acks_all && segment.next > led.latest;
}

/// Whether the present leader can have acknowledged it.
bool fits(const AckedSegment& segment, const LeaderInfo& led) {
  if (segment.broker && *segment.broker != led.leader) return false;
  return !is_above(segment, led);
}

/// For a late report of a known segment: it was acknowledged before the snapshot that showed a new
/// epoch, and not in that epoch.
std::optional<LeaderEpoch> bound_of_late(const AckedSegment& segment, const LeaderInfo& led,
                                         const PartitionLoss& partition) {
  std::optional<LeaderEpoch> first;
  const auto take = [&](const Pending& one) {
    if (one.after <= *segment.bound || segment.waiting->at > one.to) return;
    const bool other_leader =
        segment.broker && one.leader_after && *segment.broker != *one.leader_after;
    if (other_leader || (one.after == led.epoch && is_above(segment, led)))
      first = std::min(first.value_or(one.after), one.after);
  };
  for (const auto& one : partition.pending) take(one);
  for (const auto& one : partition.assessed) take(one.pending);
  if (!first) return std::nullopt;
  return before(*first);
}

/// The newest epoch in which the segment's last offset can have been acknowledged.
std::optional<LeaderEpoch> bound(const AckedSegment& segment, const Waiting& waiting,
                                 const LeaderInfo& led, const PartitionLoss* partition) {
  if (fits(segment, led)) return led.epoch;
  if (partition != nullptr && segment.bound && *segment.bound < led.epoch)
    if (const auto epoch = bound_of_late(segment, led, *partition)) return epoch;
  // The leader changed after the report. If it did not, the snapshot may be older than the report;
  // and a new leader's epoch may be known before the leader is.
  const bool has_changed = waiting.led && waiting.led->epoch < led.epoch;
  if (has_changed && (is_above(segment, led) || segment.broker == waiting.led->id))
    return before(led.epoch);
  return std::nullopt;
}

/// For a segment that is followed by another one of the same producer.
std::optional<LeaderEpoch> bound_by_next(const AckedSegment& segment, const AckedSegment& next) {
  if (!next.bound) return std::nullopt;
  const bool other_broker = segment.broker && next.broker && *segment.broker != *next.broker;
  // Within an epoch offsets only grow.
  const bool went_back = next.next < segment.next;
  return other_broker || went_back ? before(*next.bound) : *next.bound;
}

/// A leader that is deposed without knowing it acknowledges late, and its segment comes after that
/// of its successor: the order of segments is not always that of epochs. What was acknowledged
/// after the epoch had ended was not acknowledged in it, except by a leader that did not know.
bool has_ended_before(const AckedSegment& segment, Instant acknowledged, LeaderEpoch epoch,
                      const LeaderInfo& led, const PartitionLoss* partition) {
  const auto* change = partition == nullptr ? nullptr : epoch_change_of(*partition, epoch);
  if (change == nullptr || acknowledged <= change->to) return false;
  return !segment.broker || segment.broker != change->leader_before || segment.broker == led.leader;
}

/// Returns true if the leader has to be asked.
bool put(PartitionLoss& partition, const AckedSegment& segment, LeaderEpoch epoch, Instant at,
         LeaderEpoch newest) {
  if (epoch == newest) {
    if (partition.present.epoch != epoch) partition.present = {.epoch = epoch, .acked = {}};
    raise(partition.present.acked, segment, at);
    return false;
  }
  const auto same = std::ranges::find(partition.pending, epoch, &Pending::epoch);
  if (same != partition.pending.end()) {
    raise(same->acked, segment, at);
    return true;
  }
  const auto* epoch_change = epoch_change_of(partition, epoch);
  if (epoch_change == nullptr) return false;
  auto pending = *epoch_change;
  pending.epoch = epoch;
  pending.committed_end = Offset{0};
  pending.acked = {};
  raise(pending.acked, segment, at);
  insert(partition, std::move(pending));
  return true;
}

bool assign_to_epoch(LossState& state, const ReporterKey& key, Reporter& reporter,
                     const LeaderInfo& led) {
  auto found = state.topics.find(key.topic);
  const bool is_known = found != state.topics.end() &&
                        (!led.topic_id || !found->second.id || found->second.id == led.topic_id);
  const auto* partition = is_known ? find(found->second, key.partition) : nullptr;
  bool has_questions = false;
  const AckedSegment* next = nullptr;
  for (auto& segment : std::views::reverse(reporter.segments)) {
    const auto* later = std::exchange(next, &segment);
    if (!segment.waiting) continue;
    const auto& waiting = *segment.waiting;
    // What was acknowledged before may belong to another topic of that name.
    if (waiting.at < led.topic_since) {
      segment.waiting.reset();
      continue;
    }
    // Who leads is in the row, and in which epoch comes with the offsets. A snapshot without this
    // partition brings neither, and uses up no chance.
    const auto look = std::min(led.seen, led.offsets_seen);
    if (look < waiting.arrived || look <= waiting.judged) continue;
    segment.waiting->judged = look;
    // An epoch that grew under one name may be that of a leader who is not named yet; so may one of
    // which nothing was known.
    const bool is_named =
        waiting.led && (waiting.led->epoch == led.epoch || waiting.led->id != led.leader);
    if (!is_named && segment.waiting->snapshots++ == 0) continue;
    auto epoch = bound(segment, waiting, led, partition);
    if (later != nullptr) {
      if (const auto most = bound_by_next(segment, *later); most && (!epoch || *most < *epoch)) {
        if (!has_ended_before(segment, waiting.at, *most, led, partition)) {
          epoch = most;
        } else if (!segment.broker) {
          epoch.reset();
        }
      }
    }
    if (!epoch || epoch->value < 0) {
      if (++segment.waiting->snapshots >= kMostSnapshots) segment.waiting.reset();
      continue;
    }
    segment.bound = epoch;
    const auto at = waiting.at;
    segment.waiting.reset();
    auto& topic = topic_of(state, key.topic, led.topic_id);
    auto& of = find_or_add(topic, key.partition);
    partition = &of;
    has_questions |= put(of, segment, *epoch, at, led.epoch);
  }
  return has_questions;
}

/// Half of them go at once, so that the work for each report is bounded.
void forget_oldest(std::map<ReporterKey, Reporter>& reporters) {
  if (reporters.size() <= kReportersKept) return;
  std::vector<Instant> times;
  times.reserve(reporters.size());
  for (const auto& [key, reporter] : reporters) times.push_back(reporter.last_report);
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  auto too_many = times.size() / 2;
  std::erase_if(reporters, [&, oldest = *middle](const auto& entry) {
    if (too_many == 0 || entry.second.last_report > oldest) return false;
    --too_many;
    return true;
  });
}

}  // namespace

void record_acknowledgements(LossState& state, const std::vector<Acknowledgement>& all,
                             const LeaderLookup& led_by) {
  for (const auto& one : all) {
    auto& reporter = state.reporters[{one.topic, one.partition, one.instance}];
    reporter.last_report = one.arrived;
    auto& segments = reporter.segments;
    auto place = std::ranges::lower_bound(segments, one.segment, {}, &AckedSegment::number);
    if (place == segments.end() || place->number != one.segment) {
      // A segment that was dropped is not new.
      if (segments.size() == kSegmentsKept && place == segments.begin()) continue;
      place = segments.insert(place, AckedSegment{.number = one.segment,
                                                  .broker = one.broker,
                                                  .acks_all = one.acks_all,
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
      if (led) waiting.led = Leader{.epoch = led->epoch, .id = led->leader};
    }
    if (segments.size() > kSegmentsKept) segments.erase(segments.begin());
    forget_oldest(state.reporters);
  }
}

bool assign_to_epochs(LossState& state, const LeaderLookup& led_by, Instant at) {
  bool has_questions = false;
  for (auto& [key, reporter] : state.reporters) {
    if (std::ranges::none_of(reporter.segments,
                             [](const AckedSegment& one) { return one.waiting.has_value(); }))
      continue;
    if (const auto led = led_by(key.topic, key.partition))
      has_questions |= assign_to_epoch(state, key, reporter, *led);
  }
  std::erase_if(state.reporters,
                [&](const auto& entry) { return entry.second.last_report <= at - kWindow; });
  return has_questions;
}

}  // namespace kie::loss
