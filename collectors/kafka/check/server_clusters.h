#pragma once

#include "collectors/kafka/check/connection_probe.h"
#include "config/config.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// Detects `servers` of an entry that are brokers of different clusters: librdkafka would use any.
namespace kie::kafka {

/// The cluster id of one of the servers.
struct ServerCluster {
  std::string server;
  /// Source: Metadata of this server.
  std::string cluster_id;
};

/// Asks each server separately. Those that do not answer or have no id are left out.
/// Thread: any. Blocks for as long as `patience`, and more where there are more than 32 servers.
std::vector<ServerCluster> ask_for_clusters(const config::ClusterConfig& cluster,
                                            std::chrono::milliseconds patience);

/// The cluster ids in the attempts to connect to the servers.
std::vector<ServerCluster> clusters_of(
    const std::vector<std::string>& servers,
    const std::vector<std::optional<ConnectionAttempt>>& attempts);

/// If the servers are of several clusters, each id with its servers: "ID-A: kafka-1:9092,
/// kafka-2:9092; ID-B: kafka-3:9092". nullopt: they are of one, as far as they have answered. Pure.
std::optional<std::string> find_mixed_clusters(const std::vector<ServerCluster>& servers);

}  // namespace kie::kafka
