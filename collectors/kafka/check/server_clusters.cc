#include "collectors/kafka/check/server_clusters.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace kie::kafka {

std::vector<ServerCluster> ask_for_clusters(const config::ClusterConfig& cluster,
                                            std::chrono::milliseconds patience) {
  return clusters_of(
      cluster.servers,
      probe_connections(cluster, cluster.servers, [](std::size_t) { return true; }, patience));
}

std::vector<ServerCluster> clusters_of(
    const std::vector<std::string>& servers,
    const std::vector<std::optional<ConnectionAttempt>>& attempts) {
  std::vector<ServerCluster> clusters;
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const auto& attempt = attempts[i];
    if (!attempt) continue;
    if (const auto& id = attempt->cluster_id) clusters.push_back({servers[i], *id});
  }
  return clusters;
}

std::optional<std::string> find_mixed_clusters(const std::vector<ServerCluster>& servers) {
  // In the order of the configuration, where the reader will search for them.
  std::vector<std::pair<std::string, std::string>> servers_by_id;
  for (const auto& [server, id] : servers) {
    const auto found =
        std::ranges::find(servers_by_id, id, &std::pair<std::string, std::string>::first);
    if (found == servers_by_id.end()) {
      servers_by_id.emplace_back(id, server);
    } else {
      found->second += ", " + server;
    }
  }
  if (servers_by_id.size() < 2) return std::nullopt;
  std::string text;
  for (const auto& [id, list] : servers_by_id) {
    if (!text.empty()) text += "; ";
    text.append(id).append(": ").append(list);
  }
  return text;
}

}  // namespace kie::kafka
