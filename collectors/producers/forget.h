#pragma once

#include "collectors/producers/state.h"

namespace kie::producers {

/// How long an instance may not report before it counts as gone: five times its interval, at least
/// a minute. Before its interval is known, five times its age, an hour at most.
std::chrono::microseconds time_to_live(const Instance& instance);

/// Marks instances that do not report any more as gone, and returns those that vanished: instances
/// that send reports and stopped without a last one that says so. Drops clients without instances,
/// and what is older than its window. A client whose instance vanished, or had a fatal
/// error, stays for an hour, so that the alert can be read.
std::vector<const Instance*> forget(ProducersState& state, Instant now);

}  // namespace kie::producers
