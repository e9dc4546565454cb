#pragma once

#include "collectors/model/snapshot.h"

#include <optional>
#include <string>
#include <vector>

namespace kie::model {

/// A partition's leader epoch grew: whatever was committed in the old one may be gone. Made by
/// collectors/replication, read by collectors/loss.
struct LeaderEpochChange {
  std::string topic;
  std::optional<TopicId> topic_id;
  PartitionId partition;
  /// The last epoch known before, and the one that has come. There may have been others in between.
  LeaderEpoch old_epoch;
  LeaderEpoch new_epoch;
  /// The last leader known before, and the present one.
  std::optional<BrokerId> leader_before, leader;
  /// The highest high watermark that was seen in `old_epoch`: what is below was committed.
  Offset committed;
  /// Log start, as last seen in `old_epoch`.
  std::optional<Offset> log_start;
  /// The last ISR that was not empty, as it was before the leader went, however old that look.
  std::vector<BrokerId> last_isr;
  /// A leader that came since was not in the last ISR before it, nor just assigned.
  bool from_outside = false;
  /// It happened between these looks.
  std::optional<Instant> from;
  Instant to;
};

}  // namespace kie::model
