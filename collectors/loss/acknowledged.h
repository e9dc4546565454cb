#pragma once

#include "collectors/loss/state.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// What producers report that brokers acknowledged, told apart by leader epochs. A report says who
/// acknowledged (or does not), and not in which epoch: each is held until a look that came after
/// it, and belongs to the newest epoch in which it can have been. That one is never too old, so
/// nothing is called lost that is not; where it is too new, less is counted.
namespace kie::loss {

/// One line of a report's offsets.
struct Acknowledgement {
  std::string topic;
  PartitionId partition;
  /// The producer's, random.
  std::string instance;
  std::int64_t segment = 0;
  std::optional<BrokerId> broker;
  bool by_all = true;
  Offset next;
  /// When the highest offset was acknowledged, and when the report came.
  Instant at, arrived;
};

/// Who leads a partition, as last looked at.
struct Led {
  std::optional<TopicId> topic_id;
  /// Since when this process knows the topic by that id.
  Instant topic_since;
  LeaderEpoch epoch;
  BrokerId leader;
  /// The high watermark.
  Offset latest;
  /// When the leader, and when the epoch and the high watermark were heard of.
  Instant seen, offsets_seen;
};

/// nullopt: it is not known, or the partition has no leader.
using LedBy = std::function<std::optional<Led>(const std::string& topic, PartitionId partition)>;

/// Before a look: remembers what is new in these; repeated and reordered ones change nothing.
void hear(State& state, const std::vector<Acknowledgement>& all, const LedBy& led_by);

/// After a look, whose successions have been taken in: puts what was heard before it in its place.
/// Returns true if there is something to be asked. Forgets producers that were silent for an hour.
bool settle(State& state, const LedBy& led_by, Instant at);

}  // namespace kie::loss
