#pragma once

#include "collectors/model/snapshot.h"

#include <optional>
#include <string>
#include <vector>

namespace kie::model {

/// A partition's leader epoch grew: records committed in the old one may be gone. Made by
/// collectors/replication, read by collectors/loss.
struct LeaderEpochChange {
  std::string topic;
  std::optional<TopicId> topic_id;
  PartitionId partition;
  /// The last known epoch, and the new one. There may have been others in between.
  LeaderEpoch old_epoch;
  LeaderEpoch new_epoch;
  /// The last known leader before, and the present one.
  std::optional<BrokerId> leader_before, leader;
  /// The highest high watermark read in `old_epoch`: offsets below it were committed.
  Offset committed;
  /// The last log start read in `old_epoch`.
  std::optional<Offset> log_start;
  /// The last ISR before the old leader was lost that was not empty, however old.
  std::vector<BrokerId> last_isr;
  /// A later leader was not in the last ISR before it, nor just assigned.
  bool from_outside = false;
  /// It happened between these snapshots.
  std::optional<Instant> from;
  Instant to;
};

}  // namespace kie::model
