#pragma once

#include "collectors/model/leader_epoch_change.h"
#include "collectors/model/snapshot.h"
#include "collectors/replication/event.h"
#include "collectors/replication/state.h"

#include <string>
#include <vector>

namespace kie::replication {

/// What must be heard from a second broker before it counts.
model::Unconfirmed find_unconfirmed(const ReplicationState& state,
                                    const model::ClusterSnapshot& snapshot);

/// What a look brought.
struct Changes {
  std::vector<ReplicationEvent> events;
  /// Partitions of which the leader epoch grew.
  std::vector<model::LeaderEpochChange> epoch_changes;
};

/// Applies a snapshot and returns what happened since the one before. Pure: no I/O, no clock.
/// Counts a change only if it is confirmed, and never goes back behind a leader epoch that is
/// known: such a row is old news, its partition keeps what was known and is not refreshed.
Changes advance(ReplicationState& state, model::ClusterSnapshot snapshot);

/// The old leader epoch was found to end at `end`: no replica shares more than that with the new
/// leader's log.
void truncate_replica_offsets(ReplicationState& state, const std::string& topic,
                              PartitionId partition, Offset end);

}  // namespace kie::replication
