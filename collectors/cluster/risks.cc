#include "collectors/cluster/risks.h"

#include "collectors/cluster/visit_topics.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace kie {
namespace {

std::optional<std::uint64_t> fewest_replicas(const replication::TopicState& topic,
                                             const replication::Freshness& freshness) {
  std::optional<std::uint64_t> fewest;
  for (const auto& partition : topic.partitions) {
    if (!freshness.is_fresh(partition.seen)) continue;
    // A replica that is being added is no copy yet.
    const std::uint64_t replicas = partition.replicas.size() - partition.adding.size();
    fewest = std::min(fewest.value_or(replicas), replicas);
  }
  return fewest;
}

/// The listed brokers, and those that are not listed and have replicas, whose settings are not
/// known.
std::vector<BrokerId> all_brokers(const std::vector<BrokerId>& listed,
                                  const replication::ReplicationState& state) {
  auto all = listed;
  if (all.empty()) return {};
  for (const auto& topic : state.topics)
    for (const auto& partition : topic.partitions)
      for (const auto replica : partition.replicas) {
        const auto place = std::ranges::lower_bound(all, replica);
        if (place == all.end() || *place != replica) all.insert(place, replica);
      }
  return all;
}

}  // namespace

risk::Findings find_risks(const ClusterState& known, const std::vector<BrokerId>& listed,
                          const std::optional<std::chrono::milliseconds>& longest_delivery_timeout,
                          const replication::Freshness& freshness,
                          const config::RiskConfig& config) {
  std::optional<std::vector<risk::TopicReplicas>> topics;
  if (!known.replication.topics_refused) {
    topics.emplace();
    topics->reserve(known.replication.topics.size());
    for (const auto& topic : known.replication.topics)
      topics->push_back({topic.name, fewest_replicas(topic, freshness)});
  }
  return risk::evaluate({.settings = known.settings,
                         .topics = std::move(topics),
                         .brokers = all_brokers(listed, known.replication),
                         .longest_delivery_timeout = longest_delivery_timeout},
                        config);
}

FoundRisks copy_risks(const ClusterState& known) {
  const std::scoped_lock lock{known.mutex};
  FoundRisks found{.findings = known.risks, .broker_settings = {}};
  found.broker_settings.brokers = known.settings.brokers;
  return found;
}

risk::Place place_of(const ClusterState& known, const model::Configs& broker_settings,
                     const std::string& server) {
  risk::Place place{
      .server = server, .settings = broker_settings, .racks = {}, .load = {}, .partitions = {}};
  {
    const std::scoped_lock lock{known.mutex};
    for (const auto& broker : known.replication.brokers)
      place.racks.emplace(broker.id, broker.rack);
  }
  visit_topics(known, {}, [&](const replication::TopicState& topic) {
    for (const auto& partition : topic.partitions)
      for (const auto replica : partition.replicas) ++place.load[replica];
    return true;
  });
  return place;
}

std::vector<risk::Assignment> assignments(const ClusterState& known, const std::string& topic) {
  std::vector<risk::Assignment> all;
  const std::scoped_lock lock{known.mutex};
  if (const auto* found = replication::find_topic(known.replication, topic))
    for (const auto& partition : found->partitions)
      all.push_back({partition.id.value, partition.replicas});
  return all;
}

}  // namespace kie
