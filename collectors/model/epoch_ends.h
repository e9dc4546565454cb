#pragma once

#include "collectors/model/ids.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// Questions where leader epochs end, and their answers: plain values.
namespace kie::model {

/// A question where epochs of a partition end in the log of its leader.
struct EpochQuestion {
  std::string topic;
  PartitionId partition;
  /// The leader of `newest`, which must answer.
  BrokerId leader;
  /// The newest known epoch. A broker that does not know it is outdated.
  LeaderEpoch newest;
  /// The epochs whose ends are asked. Ascending, all below `newest`.
  std::vector<LeaderEpoch> epochs;
};

struct EpochEnd {
  LeaderEpoch asked;
  /// The largest at or below `asked` that the log has, or `asked` if it is older than all epochs
  /// of the log.
  LeaderEpoch epoch;
  /// The end of `epoch`; the first offset of the log if `asked` is older than all its epochs.
  Offset end;

  constexpr auto operator<=>(const EpochEnd&) const = default;
};

struct EpochAnswer {
  std::string topic;
  PartitionId partition;
  /// The leader that was asked, which knew `newest`.
  BrokerId by;
  LeaderEpoch newest;
  /// Read after the ends from the same broker: the topic to which they belong.
  std::optional<TopicId> topic_id;
  std::optional<Offset> log_start;
  /// One for each of the question's epochs, in their order.
  std::vector<EpochEnd> ends;
};

struct EpochReport {
  /// In no order.
  std::vector<EpochAnswer> answers;
  /// Topics that may not be described. Sorted.
  std::vector<std::string> refused;
  /// Number of questions to ask again: without an answer, except those of refused topics.
  std::size_t open = 0;
};

}  // namespace kie::model
