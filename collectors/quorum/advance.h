#pragma once

#include "collectors/quorum/event.h"
#include "collectors/quorum/state.h"

#include <vector>

namespace kie::quorum {

/// Takes in what a poll learnt of the controller and says what happened since the last. Pure: no
/// I/O, no clock.
/// An answer with a lower epoch than the one known comes from a controller that was deposed and has
/// not heard of it: it counts once it is told twice in a row.
std::vector<ControllerEvent> advance(QuorumState& state, const model::ControllerSnapshot& snapshot);

/// Takes in that all of the cluster's metadata was read at `at`. Once a controller is back it
/// counts again as soon as all brokers that are listed answer, or were fenced if they do not.
void metadata_read(QuorumState& state, Instant at, bool all_brokers_answer);

}  // namespace kie::quorum
