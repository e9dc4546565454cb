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

/// What came since the last step.
struct Input {
  std::vector<model::LeaderEpochChange> epoch_changes;
  std::vector<model::EpochAnswer> answers;
  Instant at;
  std::chrono::system_clock::time_point wall;
};

/// Takes in which epochs were succeeded and where they ended, and says what was lost:
///   lost = [ max(end of the epoch, last known log start), highest offset known to be safe )
/// Answers of anybody but the leader of the newest epoch, of another topic or without all that it
/// takes to judge are passed over: their questions stay. Pure: no I/O, no clock.
std::vector<LossEvent> advance(LossState& state, const Input& input,
                               const model::Configs& settings);

/// Whether the broker leads the partition, as far as anybody knows.
using IsLeader =
    std::function<bool(const std::string& topic, PartitionId partition, BrokerId leader)>;

/// What is to be asked: the suspected partitions first, those whose leader came from outside the
/// last ISR, then those that had a single replica in it.
std::vector<model::EpochQuestion> questions(const LossState& state, const IsLeader& leads);

}  // namespace kie::loss
