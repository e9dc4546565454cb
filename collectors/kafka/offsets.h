#pragma once

#include "collectors/kafka/round.h"
#include "collectors/model/snapshot.h"

#include <functional>
#include <string>
#include <vector>

namespace kie::kafka {

struct OffsetsAnswer {
  /// Topics of which some offsets are missing. Sorted.
  std::vector<std::string> incomplete;
  /// Leaders that did not answer in time, or not at all.
  std::vector<BrokerId> silent;
  /// Partitions with a leader whose offsets are not known after this look.
  std::size_t missing = 0;
  /// The first error that came with a partition or an answer, for the log.
  std::optional<Error> error;
};

/// Reads the high watermark, its leader epoch and the log start of every partition that has a
/// leader into `look`: one call for latest and one for earliest for each thousand partitions of a
/// leader, all at once, so that a frozen broker holds only its own partitions. A partition whose
/// leader denies to lead it becomes unknown. The topics in `apart` (sorted) are asked for in calls
/// of their own: librdkafka holds a whole call back while it looks for the leader of one partition
/// of it, for seconds where a topic was made anew.
/// Source: ListOffsets (API 2) with timestamps -1 and -2, read uncommitted.
OffsetsAnswer ask_offsets(Round& round, model::ClusterSnapshot& look,
                          const std::vector<std::string>& apart);

/// Reads the log starts only. Ends early when `enough` says so, and returns the leaders that kept
/// silent, as Round::collect() does.
std::vector<BrokerId> ask_log_starts(Round& round, model::ClusterSnapshot& look,
                                     const std::function<bool()>& enough);

}  // namespace kie::kafka
