#pragma once

#include "collectors/cluster/state.h"
#include "collectors/replication/summary.h"
#include "collectors/risk/cluster.h"
#include "collectors/risk/remedy.h"
#include "config/config.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kie {

/// Applies the rules to what is known of a cluster. `listed`: the brokers that Metadata has,
/// sorted.
/// Thread: the cluster's poll thread.
risk::Findings find_risks(const ClusterState& known, const std::vector<BrokerId>& listed,
                          const std::optional<std::chrono::milliseconds>& longest_delivery_timeout,
                          const replication::Freshness& freshness,
                          const config::RiskConfig& config);

/// The findings of a cluster, and the broker settings that their remedies need, to be read without
/// the mutex of `known`.
struct FoundRisks {
  std::shared_ptr<const risk::Findings> findings;
  /// Without those of topics.
  model::Configs broker_settings;
};
FoundRisks copy_risks(const ClusterState& known);

/// What the remedies of the cluster's findings need, except the topic's partitions. Holds the mutex
/// of `known` for a few topics at a time. `broker_settings` must outlive the returned value.
risk::Place place_of(const ClusterState& known, const model::Configs& broker_settings,
                     const std::string& server);

/// The assignment of the topic's partitions. Holds the mutex of `known`.
std::vector<risk::Assignment> assignments(const ClusterState& known, const std::string& topic);

}  // namespace kie
