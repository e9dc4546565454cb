#include "exporter/web/api/clusters.h"

#include "collectors/cluster/overview.h"
#include "collectors/model/address.h"
#include "collectors/replication/summary.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/journal/or_null.h"

#include <algorithm>
#include <chrono>

namespace kie::api {
namespace {

std::optional<double> seconds(const std::optional<std::chrono::milliseconds>& time) {
  if (!time) return std::nullopt;
  return std::chrono::duration<double>(*time).count();
}

Json controller_json(const quorum::QuorumState& state, const quorum::QuorumSummary& quorum) {
  Json json{{"up", or_null(quorum.up)},
            {"lost", state.is_lost},
            {"id", or_null(quorum.id)},
            {"epoch", or_null(quorum.epoch)},
            {"voters", nullptr}};
  if (!quorum.voter_count) return json;
  auto voters = Json::array();
  for (const auto& voter : quorum.voters)
    voters.push_back({{"id", voter.id.value},
                      {"lag_records", or_null(voter.records)},
                      {"lag_seconds", or_null(seconds(voter.time))}});
  json["voters"] = std::move(voters);
  return json;
}

/// Listed brokers, and those that are up without being listed.
Json brokers_json(const ClusterOverview& overview) {
  const auto& summary = overview.summary;
  auto brokers = Json::array();
  const auto add = [&](BrokerId id, const model::BrokerSnapshot* listed) {
    const auto found = summary.brokers.find(id);
    const auto* broker = found == summary.brokers.end() ? nullptr : &found->second;
    std::optional<bool> reachable;
    if (broker != nullptr && broker->reach) reachable = broker->reach->answers;
    brokers.push_back(
        {{"id", id.value},
         {"address", listed == nullptr ? Json(nullptr)
                                       : Json(model::format_address(listed->host, listed->port))},
         {"rack", listed == nullptr || listed->rack.empty() ? Json(nullptr) : Json(listed->rack)},
         {"up", broker == nullptr ? Json(nullptr) : or_null(broker->up)},
         {"reachable", or_null(reachable)}});
  };
  for (const auto& broker : overview.brokers) add(broker.id, &broker);
  for (const auto& [id, broker] : summary.brokers)
    if (!broker.is_listed && broker.up == true) add(id, nullptr);
  return brokers;
}

Json counts_json(const replication::ReplicationSummary& summary) {
  const auto& counts = summary.counts;
  return {{"total", or_null(summary.partitions)},
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
  // Who has no name is not found by it.
  if (key.empty()) return nullptr;
  auto found = std::ranges::find(clusters, key, &ClusterStatus::name);
  if (found == clusters.end()) found = std::ranges::find(clusters, key, &ClusterStatus::cluster_id);
  return found == clusters.end() ? nullptr : &*found;
}

Json cluster_json(const ClusterStatus& cluster) {
  Json json{{"name", cluster.name},       {"id", or_null(cluster.cluster_id)},
            {"servers", cluster.servers}, {"disabled", cluster.disabled},
            {"up", cluster.up},           {"trouble", or_null(cluster.trouble)}};
  std::optional<double> last_success;
  if (cluster.last_success) last_success = exposition::unix_seconds(*cluster.last_success);
  json["last_success"] = or_null(last_success);
  json["confirmed"] = nullptr;
  json["controller"] = nullptr;
  json["brokers"] = nullptr;
  json["topics"] = nullptr;
  json["partitions"] = nullptr;
  if (!cluster.overview) return json;

  const auto& overview = *cluster.overview;
  const auto now = std::chrono::steady_clock::now();
  json["controller"] =
      controller_json(overview.quorum, quorum::summarize(overview.quorum, now, cluster.staleness));
  const auto& summary = overview.summary;
  // All state is stale, or became so during a poll; the next overview leaves it out.
  if (!summary.last_expiry || overview.is_outdated(now)) return json;
  if (summary.confirmation)
    json["confirmed"] = *summary.confirmation == model::Confirmation::kPossible;
  if (overview.freshness.is_fresh(overview.brokers_seen)) json["brokers"] = brokers_json(overview);
  json["topics"] = or_null(summary.topic_count);
  json["partitions"] = counts_json(summary);
  return json;
}

Json clusters_json(const std::vector<ClusterStatus>& clusters) {
  auto all = Json::array();
  for (const auto& cluster : clusters) all.push_back(cluster_json(cluster));
  return {{"clusters", std::move(all)}};
}

}  // namespace kie::api
