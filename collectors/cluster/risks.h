#pragma once

#include "collectors/cluster/state.h"
#include "collectors/replication/summary.h"
#include "collectors/risk/cluster.h"
#include "collectors/risk/remedy.h"
#include "config/config.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace kie {

/// Applies the rules to what is known of a cluster. `listed`: the brokers that Metadata has.
/// Thread: the cluster's poll thread.
risk::Findings find_risks(const ClusterState& known, const std::vector<BrokerId>& listed,
                          const std::optional<std::chrono::milliseconds>& longest_delivery_timeout,
                          const replication::Freshness& freshness, const config::Risk& config);

/// What the remedies of the cluster's findings need to know, but for the topic's partitions; lives
/// as long as `known`, whose mutex is held.
risk::Place place_of(const ClusterState& known, const std::string& server);

/// The topic's partitions as they are assigned.
std::vector<risk::Assignment> assignments(const ClusterState& known, const std::string& topic);

}  // namespace kie
