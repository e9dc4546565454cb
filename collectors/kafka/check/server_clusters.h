#pragma once

#include "collectors/kafka/check/connection_probe.h"
#include "config/config.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

/// `servers` of an entry that are brokers of different clusters: librdkafka would watch either, by
/// chance.
namespace kie::kafka {

/// What one of the servers said.
struct ServerCluster {
  std::string server;
  /// Source: Metadata of this server.
  std::string cluster_id;
};

/// Asks each server by itself. Those that do not answer or have no id are left out.
/// Thread: any. Blocks for as long as `patience`, and more where there are more than 32 servers.
std::vector<ServerCluster> ask_for_clusters(const config::ClusterConfig& cluster,
                                            std::chrono::milliseconds patience);

/// What the attempts to connect to the servers have told.
std::vector<ServerCluster> clusters_of(
    const std::vector<std::string>& servers,
    const std::vector<std::optional<ConnectionAttempt>>& attempts);

/// What is wrong if the servers are of several clusters, with each id and the servers that have it:
/// "ID-A: kafka-1:9092, kafka-2:9092; ID-B: kafka-3:9092". nullopt: they are of one, as far as they
/// have answered. Pure.
std::optional<std::string> find_mixed_clusters(const std::vector<ServerCluster>& servers);

}  // namespace kie::kafka
