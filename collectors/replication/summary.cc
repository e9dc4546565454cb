#include "collectors/replication/summary.h"

#include <algorithm>

namespace kie::replication {
namespace {

bool contains(const std::vector<BrokerId>& brokers, BrokerId id) {
  return std::ranges::find(brokers, id) != brokers.end();
}

bool is_last_replica(const Partition& partition) {
  return partition.last_isr.size() == 1 && partition.replicas.size() - partition.adding.size() > 1;
}

/// Keeps the earliest and the latest moment at which something shown goes stale.
struct Expiry {
  const Freshness& freshness;
  Summary& summary;

  void add(const std::optional<Instant>& seen) {
    if (!seen || !freshness.is_fresh(seen)) return;
    const Instant at = *seen + freshness.staleness;
    if (!summary.next_expiry || at < *summary.next_expiry) summary.next_expiry = at;
    if (!summary.last_expiry || at > *summary.last_expiry) summary.last_expiry = at;
  }
};

void add_to_brokers(const Partition& partition, std::map<BrokerId, BrokerSummary>& brokers) {
  if (partition.leadership == Leadership::kLeader) ++brokers[partition.leader].leader_partitions;
  for (const auto id : partition.replicas) {
    auto& broker = brokers[id];
    ++broker.replicas;
    if (!contains(partition.isr, id) && !contains(partition.adding, id))
      ++broker.out_of_sync_replicas;
  }
}

}  // namespace

std::optional<std::vector<BrokerId>> live_brokers(const State& state, const Freshness& freshness) {
  if (!freshness.is_fresh(state.brokers_seen)) return std::nullopt;
  std::vector<BrokerId> live;
  live.reserve(state.brokers.size());
  for (const auto& broker : state.brokers) live.push_back(broker.id);
  return live;
}

std::optional<std::uint64_t> at_risk_records(const Partition& partition,
                                             const std::optional<std::vector<BrokerId>>& live) {
  if (!is_last_replica(partition)) return 0;
  const auto& missing = partition.missing;
  if (missing.empty()) return std::nullopt;
  const auto first = std::ranges::find_if(missing, [&](const Missing& one) {
    return !live || std::ranges::binary_search(*live, one.id);
  });
  const auto& has = first == missing.end() ? missing.back().has : first->has;
  if (!has || !partition.committed) return std::nullopt;
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(partition.committed->value - has->value, 0));
}

bool is_unhealthy(const Health& health) {
  return health.offline || health.under_replicated || health.reassigning || health.last_replica ||
         health.under_min_isr.value_or(false);
}

Health health_of(const Partition& partition, std::optional<std::int32_t> raw_min_isr,
                 const std::optional<model::Release>& release) {
  Health health;
  health.offline = partition.leadership == Leadership::kNone;
  health.reassigning = !partition.adding.empty();
  health.under_replicated = std::ranges::any_of(partition.replicas, [&](BrokerId id) {
    return !contains(partition.isr, id) && !contains(partition.adding, id);
  });
  health.last_replica = is_last_replica(partition);
  if (raw_min_isr) {
    const auto replicas = static_cast<std::int32_t>(partition.replicas.size());
    if (const auto least = model::effective_min_isr(*raw_min_isr, replicas, release)) {
      const auto in_sync = static_cast<std::int32_t>(partition.isr.size());
      health.under_min_isr = in_sync < *least;
      health.at_min_isr = in_sync == *least;
    }
  }
  return health;
}

void Counts::add(const Health& health) {
  under_replicated.add(health.under_replicated);
  under_min_isr.add(health.under_min_isr);
  at_min_isr.add(health.at_min_isr);
  offline.add(health.offline);
  reassigning.add(health.reassigning);
  last_replica.add(health.last_replica);
}

void Counts::add_unknown() {
  for (auto* count :
       {&under_replicated, &under_min_isr, &at_min_isr, &offline, &reassigning, &last_replica})
    count->add_unknown();
}

void Counts::add(const Counts& other) {
  under_replicated.add(other.under_replicated);
  under_min_isr.add(other.under_min_isr);
  at_min_isr.add(other.at_min_isr);
  offline.add(other.offline);
  reassigning.add(other.reassigning);
  last_replica.add(other.last_replica);
}

Summary summarize(const State& state, const model::Configs& settings, const Freshness& freshness) {
  Summary summary;
  Expiry expiry{freshness, summary};
  summary.topics.reserve(state.topics.size());
  const auto live = live_brokers(state, freshness);
  for (const auto& topic : state.topics) {
    auto& of_topic = summary.topics.emplace_back();
    const auto raw_min_isr = settings.min_isr(topic.name);
    for (const auto& partition : topic.partitions) {
      expiry.add(partition.offsets_seen);
      if (!freshness.is_fresh(partition.seen)) {
        of_topic.counts.add_unknown();
        of_topic.at_risk.add_unknown();
        summary.complete = false;
        continue;
      }
      expiry.add(partition.seen);
      ++of_topic.partitions;
      const std::uint64_t replicas = partition.replicas.size();
      of_topic.replication_factor =
          of_topic.replication_factor ? std::min(*of_topic.replication_factor, replicas) : replicas;
      of_topic.counts.add(health_of(partition, raw_min_isr, settings.release));
      of_topic.at_risk.add_many(at_risk_records(partition, live));
      add_to_brokers(partition, summary.brokers);
    }
    summary.counts.add(of_topic.counts);
    summary.partitions += of_topic.partitions;
  }
  if (state.topics_refused) {
    summary.counts.add_unknown();
    summary.complete = false;
  }
  if (freshness.is_fresh(state.brokers_seen)) {
    expiry.add(state.brokers_seen);
    for (const auto& broker : state.brokers) summary.brokers[broker.id].up = true;
  } else {
    summary.brokers.clear();
  }
  return summary;
}

}  // namespace kie::replication
