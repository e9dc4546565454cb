#pragma once

#include "collectors/quorum/event.h"
#include "collectors/quorum/state.h"

#include <vector>

namespace kie::quorum {

/// Applies what a poll read of the controller and returns what happened since the last. Pure: no
/// I/O, no clock.
/// An answer with a lower epoch than the known one may come from a controller that does not know
/// yet that it was deposed: it counts when two answers in a row have it.
std::vector<ControllerEvent> advance(QuorumState& state, const model::ControllerSnapshot& snapshot);

/// Call after all of the cluster's metadata was read at `at`. When a controller is back, metadata
/// counts again as soon as all listed brokers answer, or those that do not must have been fenced.
void metadata_read(QuorumState& state, Instant at, bool all_brokers_answer);

}  // namespace kie::quorum
