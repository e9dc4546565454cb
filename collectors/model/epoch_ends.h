#pragma once

#include "collectors/model/ids.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

/// Where leader epochs end, as asked and as answered: plain values.
namespace kie::model {

/// Asks where epochs of a partition end in the log of its leader.
struct EpochQuestion {
  std::string topic;
  PartitionId partition;
  /// Who must answer: who leads `newest`.
  BrokerId leader;
  /// The newest epoch known. Who does not know it tells old news.
  LeaderEpoch newest;
  /// Whose ends are wanted. Ascending, all below `newest`.
  std::vector<LeaderEpoch> epochs;
};

struct EpochEnd {
  LeaderEpoch asked;
  /// The largest at or below `asked` that the log has, or `asked` where it is older than all the
  /// log knows.
  LeaderEpoch epoch;
  /// Of `epoch`. The first offset of the log where `asked` is older than all it knows.
  Offset end;

  constexpr auto operator<=>(const EpochEnd&) const = default;
};

struct EpochAnswer {
  std::string topic;
  PartitionId partition;
  /// The leader that was asked, which knew `newest`.
  BrokerId by;
  LeaderEpoch newest;
  /// Read after the ends, from the same broker: what they are the ends of.
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
  /// Questions without an answer, those of refused topics not counted: to be asked again.
  std::size_t open = 0;
};

}  // namespace kie::model
