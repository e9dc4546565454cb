#pragma once

#include "collectors/replication/state.h"
#include "collectors/replication/summary.h"

#include <cstddef>
#include <string>
#include <vector>

namespace kie {

/// The most topics that are read between two polls.
inline constexpr std::size_t kMostWatched = 500;

/// Topics with an unhealthy partition: first those with a single in-sync replica, where the next
/// failure may lose records, then by name. `summary`: of `state`.
std::vector<std::string> topics_to_watch(const replication::ReplicationState& state,
                                         const replication::ReplicationSummary& summary);

}  // namespace kie
