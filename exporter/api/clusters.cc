#include "exporter/api/clusters.h"

#include "collectors/replication/summary.h"
#include "exporter/knowledge.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <mutex>

namespace kie::api {
namespace {

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json counts_json(const replication::Summary& summary) {
  const auto& counts = summary.counts;
  return {{"total", summary.partitions},
          {"offline", or_null(counts.offline.value())},
          {"under_min_isr", or_null(counts.under_min_isr.value())},
          {"at_min_isr", or_null(counts.at_min_isr.value())},
          {"under_replicated", or_null(counts.under_replicated.value())},
          {"last_replica", or_null(counts.last_replica.value())},
          {"reassigning", or_null(counts.reassigning.value())}};
}

}  // namespace

const ClusterStatus* find_cluster(const std::vector<ClusterStatus>& clusters,
                                  const std::string& key) {
  for (auto member : {&ClusterStatus::name, &ClusterStatus::cluster_id}) {
    const auto found = std::ranges::find(clusters, key, member);
    if (found != clusters.end() && !key.empty()) return &*found;
  }
  return nullptr;
}

Json cluster_json(const ClusterStatus& cluster) {
  Json json{{"name", cluster.name},
            {"id", cluster.cluster_id.empty() ? Json(nullptr) : Json(cluster.cluster_id)},
            {"servers", cluster.servers},
            {"disabled", cluster.disabled},
            {"up", cluster.up},
            {"trouble", cluster.trouble.empty() ? Json(nullptr) : Json(cluster.trouble)}};
  std::optional<double> last_success;
  if (cluster.last_success)
    last_success = std::chrono::duration<double>(cluster.last_success->time_since_epoch()).count();
  json["last_success"] = or_null(last_success);
  json["brokers"] = nullptr;
  json["topics"] = nullptr;
  json["partitions"] = nullptr;
  if (!cluster.knowledge) return json;

  const replication::Freshness freshness{std::chrono::steady_clock::now(), cluster.staleness};
  const std::scoped_lock lock{cluster.knowledge->mutex};
  const auto& state = cluster.knowledge->state;
  const auto summary = replication::summarize(state, cluster.knowledge->settings, freshness);
  // Nothing is known of a cluster that nobody has heard of for too long.
  if (!summary.last_expiry) return json;
  if (freshness.is_fresh(state.brokers_seen)) {
    auto brokers = Json::array();
    for (const auto& broker : state.brokers)
      brokers.push_back({{"id", broker.id.value},
                         {"address", broker.host + ":" + std::to_string(broker.port)},
                         {"rack", broker.rack.empty() ? Json(nullptr) : Json(broker.rack)}});
    json["brokers"] = std::move(brokers);
  }
  json["topics"] = state.topics.size();
  json["partitions"] = counts_json(summary);
  return json;
}

Json clusters_json(const std::vector<ClusterStatus>& clusters) {
  auto all = Json::array();
  for (const auto& cluster : clusters) all.push_back(cluster_json(cluster));
  return {{"clusters", std::move(all)}};
}

}  // namespace kie::api
