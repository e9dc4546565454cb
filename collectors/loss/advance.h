#pragma once

#include "collectors/loss/event.h"
#include "collectors/loss/state.h"
#include "collectors/model/configs.h"
#include "collectors/model/epoch_ends.h"
#include "collectors/model/leader_epoch_change.h"

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace kie::loss {

/// What was read since the last step.
struct Input {
  std::vector<model::LeaderEpochChange> epoch_changes;
  std::vector<model::EpochAnswer> answers;
  Instant at;
  std::chrono::system_clock::time_point wall;
};

/// Applies leader epoch changes and epoch ends, and returns what was lost:
///   lost = [ max(end of the epoch, last known log start), highest offset known to be safe )
/// Ignores answers that are not from the leader of the newest epoch, that are for another topic,
/// or that are incomplete: their questions stay open. Pure: no I/O, no clock.
std::vector<LossEvent> advance(LossState& state, const Input& input,
                               const model::Configs& settings);

/// Whether the broker leads the partition, as far as is known.
using IsLeader =
    std::function<bool(const std::string& topic, PartitionId partition, BrokerId leader)>;

/// The questions to ask, most suspicious partitions first: those whose leader came from outside the
/// last ISR, then those whose last ISR had a single member.
std::vector<model::EpochQuestion> questions(const LossState& state, const IsLeader& leads);

}  // namespace kie::loss
