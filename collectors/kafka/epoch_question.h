#pragma once

#include "collectors/kafka/ids.h"

#include <optional>
#include <string>
#include <vector>

namespace kie::kafka {

/// Where do these leader epochs end in the log of the partition's leader?
struct EpochQuestion {
  std::string topic;
  PartitionId partition;
  /// Who must answer: the leader of `newest`, the newest epoch known. A leader that was deposed and
  /// does not know it yet answers as if nothing had happened.
  BrokerId leader;
  LeaderEpoch newest;
  /// Ascending, all below `newest`; not empty.
  std::vector<LeaderEpoch> epochs;
};

struct EpochEnd {
  LeaderEpoch asked;
  /// The largest at or below `asked` that the log has; `asked` itself, too, where it is older than
  /// all that the log knows, and then `end` is where the log begins.
  LeaderEpoch epoch;
  Offset end;
};

struct EpochAnswer {
  std::string topic;
  PartitionId partition;
  BrokerId by;
  LeaderEpoch newest;
  /// Both as the leader had them after the ends were told; nullopt: not answered.
  std::optional<TopicId> topic_id;
  std::optional<Offset> log_start;
  /// One for each epoch of the question, in its order.
  std::vector<EpochEnd> ends;
};

}  // namespace kie::kafka
