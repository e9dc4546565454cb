#pragma once

#include "collectors/loss/event.h"
#include "collectors/loss/state.h"
#include "collectors/model/configs.h"
#include "collectors/model/epoch_ends.h"

#include <optional>
#include <vector>

/// Assesses the pending epochs of a partition with a leader's answer. The rules, in the order in
/// which they are applied: which epochs are one (unite.h), where they end (find_end.h), whether the
/// answer may hide a loss (why_unknown.h), which offsets are lost (charge.h), and whether the
/// election was unclean (verdict.h).
namespace kie::loss {

struct Assessments {
  /// One for each epoch; epochs that end at the same offset are united.
  std::vector<AssessmentResult> results;
  /// Oldest epoch first.
  std::vector<LossEvent> events;
};

/// Assesses all pending epochs, so that none is pending any more. Counts nothing.
/// `answer`: of the leader of the newest epoch, with one end for each pending epoch. `log_start`:
/// the answer's. `unclean_leader_election`: the topic's setting; nullopt: not known. `at`: now.
Assessments assess(PartitionLoss& partition, const model::EpochAnswer& answer, Offset log_start,
                   const std::optional<model::Configured<bool>>& unclean_leader_election,
                   Instant at);

}  // namespace kie::loss
