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
  /// The random id of the producer's reports.
  std::string instance;
  std::int64_t segment = 0;
  std::optional<BrokerId> broker;
  bool acks_all = true;
  Offset next;
  /// When the highest offset was acknowledged, and when the report arrived.
  Instant at, arrived;
};

/// The leader of a partition, as of the last snapshot.
struct LeaderInfo {
  std::optional<TopicId> topic_id;
  /// When this process first saw the topic with that id.
  Instant topic_since;
  LeaderEpoch epoch;
  BrokerId leader;
  /// The high watermark.
  Offset latest;
  /// When the leader was read, and when the epoch and the high watermark were.
  Instant seen, offsets_seen;
};

/// nullopt: the leader is not known, or there is none.
using LeaderLookup =
    std::function<std::optional<LeaderInfo>(const std::string& topic, PartitionId partition)>;

/// Called before a snapshot is read. Stores what is new; repeated and reordered reports change
/// nothing.
void record_acknowledgements(LossState& state, const std::vector<Acknowledgement>& all,
                             const LeaderLookup& led_by);

/// Called after a snapshot and its epoch changes were applied. Assigns the reports that arrived
/// before it to epochs. Returns true if a leader has to be asked. Forgets producers that have not
/// reported for an hour.
bool assign_to_epochs(LossState& state, const LeaderLookup& led_by, Instant at);

}  // namespace kie::loss
