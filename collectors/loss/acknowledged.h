#pragma once

#include "collectors/loss/state.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// Offsets that producers report as acknowledged, assigned to leader epochs. A report may name the
/// broker that acknowledged, but never the epoch: each is held until a snapshot that was read after
/// it, and then assigned to the newest epoch in which it can have been acknowledged. That epoch is
/// never too old, so nothing is counted as lost that is not; if it is too new, less is counted.
namespace kie::loss {

/// One line of a report's offsets.
struct Acknowledgement {
  std::string topic;
  PartitionId partition;
  /// The producer's, random.
  std::string instance;
  std::int64_t segment = 0;
  std::optional<BrokerId> broker;
  bool acks_all = true;
  Offset next;
  /// When the highest offset was acknowledged, and when the report came.
  Instant at, arrived;
};

/// Who leads a partition, as last looked at.
struct LeaderInfo {
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
using LeaderLookup =
    std::function<std::optional<LeaderInfo>(const std::string& topic, PartitionId partition)>;

/// Before a look: remembers what is new in these; repeated and reordered ones change nothing.
void record_acknowledgements(LossState& state, const std::vector<Acknowledgement>& all,
                             const LeaderLookup& led_by);

/// After a look, whose successions have been taken in: puts what was heard before it in its place.
/// Returns true if there is something to be asked. Forgets producers that were silent for an hour.
bool assign_to_epochs(LossState& state, const LeaderLookup& led_by, Instant at);

}  // namespace kie::loss
