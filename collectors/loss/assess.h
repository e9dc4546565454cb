#pragma once

#include "collectors/loss/event.h"
#include "collectors/loss/state.h"
#include "collectors/model/configs.h"
#include "collectors/model/epoch_ends.h"

#include <optional>
#include <vector>

/// What an answer says of the pending epochs of its partition. The rules, in the order in which
/// they are applied: which epochs are one (unite.h), where they end (find_end.h), whether the
/// answer hides a loss (why_unknown.h), which offsets are lost (charge.h), and what that says of
/// the election (verdict.h).
namespace kie::loss {

struct Assessments {
  /// One for each epoch; those that ended in one place are one.
  std::vector<AssessmentResult> results;
  /// Oldest epoch first.
  std::vector<LossEvent> events;
};

/// Assesses all pending epochs, so that none is pending any more. Counts nothing.
/// `answer`: of the leader of the newest epoch, with the log start and one end for each pending
/// epoch. `unclean_leader_election`: the topic's setting; nullopt: not known. `at`: now.
Assessments assess(PartitionLoss& partition, const model::EpochAnswer& answer,
                   const std::optional<model::Configured<bool>>& unclean_leader_election,
                   Instant at);

}  // namespace kie::loss
