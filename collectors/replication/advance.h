#pragma once

#include "collectors/model/leader_epoch_change.h"
#include "collectors/model/snapshot.h"
#include "collectors/replication/event.h"
#include "collectors/replication/state.h"

#include <string>
#include <vector>

namespace kie::replication {

/// Returns what a second broker must confirm before it counts.
model::Unconfirmed find_unconfirmed(const ReplicationState& state,
                                    const model::ClusterSnapshot& snapshot);

/// What changed with a snapshot.
struct Changes {
  std::vector<ReplicationEvent> events;
  /// Partitions whose leader epoch grew.
  std::vector<model::LeaderEpochChange> epoch_changes;
};

/// Applies a snapshot and returns what happened since the one before. Pure: no I/O, no clock.
/// Counts only confirmed changes. A row with a lower leader epoch than the known one is outdated:
/// its partition keeps its state and is not refreshed.
Changes advance(ReplicationState& state, model::ClusterSnapshot snapshot);

/// The old leader epoch was found to end at `end`: no replica shares more than that with the new
/// leader's log.
void truncate_replica_offsets(ReplicationState& state, const std::string& topic,
                              PartitionId partition, Offset end);

}  // namespace kie::replication
