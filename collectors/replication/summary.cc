#include "collectors/replication/summary.h"

#include <algorithm>

namespace kie::replication {
namespace {

bool contains(const std::vector<BrokerId>& brokers, BrokerId id) {
  return std::ranges::find(brokers, id) != brokers.end();
}

bool is_last_replica(const PartitionState& partition) {
  return partition.last_isr.size() == 1 && partition.replicas.size() - partition.adding.size() > 1;
}

/// Keeps the earliest and the latest moment at which something shown goes stale.
struct Expiry {
  const Freshness& freshness;
  ReplicationSummary& summary;

  void add(const std::optional<Instant>& seen) {
    if (!seen || !freshness.is_fresh(seen)) return;
    const Instant at = *seen + freshness.staleness;
    if (!summary.next_expiry || at < *summary.next_expiry) summary.next_expiry = at;
    if (!summary.last_expiry || at > *summary.last_expiry) summary.last_expiry = at;
  }
};

/// Counts per broker, one partition after the other.
class BrokerCounts {
 public:
  BrokerCounts(const ReplicationState& state, const Freshness& freshness)
      : is_known_(freshness.is_fresh(state.brokers_seen)) {
    if (is_known_)
      for (const auto& broker : state.brokers) brokers_[broker.id].is_listed = true;
  }

  /// `is_listed`: Metadata lists the partition. `is_known`: so are its leader and ISR.
  void add(const PartitionState& partition, bool is_listed, bool is_known) {
    if (!is_listed && !is_known) return;
    if (is_known && partition.leader) ++brokers_[*partition.leader].leads;
    has_hidden_leaders_ |= is_known && partition.leadership == Leadership::kNoListener;
    const bool is_led = is_known && partition.leadership != Leadership::kNone;
    // All members of an ISR are replicas.
    for (const auto id : partition.replicas) {
      auto& broker = brokers_[id];
      if (is_listed) ++broker.replicas;
      broker.has_known_replica |= is_known;
      if (contains(partition.isr, id)) {
        broker.is_in_sync |= is_led;
      } else if (is_known && !contains(partition.adding, id)) {
        ++broker.out_of_sync;
      }
    }
  }

  void add_to(ReplicationSummary& summary, const ReplicationState& state,
              const Freshness& freshness) const {
    if (!is_known_) return;
    std::uint64_t up = 0;
    for (const auto& [id, counts] : brokers_) {
      auto& broker = summary.brokers[id];
      broker.is_listed = counts.is_listed;
      const bool is_up = counts.is_listed || counts.is_in_sync;
      if (is_up) ++up;
      // A broker is down if a known ISR lacks it, not if nothing is known of its replicas.
      if (is_up ? !freshness.is_old_news : counts.has_known_replica) broker.up = is_up;
      // A broker that is up and not listed may lead partitions whose leader is not known.
      const bool may_lead_more = is_up && !counts.is_listed && has_hidden_leaders_;
      if (summary.complete && !may_lead_more) broker.leader_partitions = counts.leads;
      if (summary.partitions) broker.replicas = counts.replicas;
      broker.out_of_sync_replicas = counts.out_of_sync;
      if (const auto found = state.reach.find(id);
          found != state.reach.end() && freshness.is_fresh(found->second.asked))
        broker.reach = found->second;
    }
    if (!freshness.is_old_news) summary.brokers_up = up;
  }

  std::optional<std::vector<BrokerId>> live() const {
    if (!is_known_) return std::nullopt;
    std::vector<BrokerId> ids;
    for (const auto& [id, counts] : brokers_)
      if (counts.is_listed || counts.is_in_sync) ids.push_back(id);
    return ids;
  }

 private:
  struct OfOne {
    bool is_listed = false;
    bool is_in_sync = false;
    bool has_known_replica = false;
    std::uint64_t leads = 0;
    std::uint64_t replicas = 0;
    std::uint64_t out_of_sync = 0;
  };

  bool is_known_;
  bool has_hidden_leaders_ = false;
  std::map<BrokerId, OfOne> brokers_;
};

BrokerCounts count_brokers(const ReplicationState& state, const Freshness& freshness) {
  BrokerCounts counts{state, freshness};
  for (const auto& topic : state.topics) {
    const bool is_listed = freshness.is_fresh(topic.rows_seen);
    for (const auto& partition : topic.partitions)
      counts.add(partition, is_listed, freshness.is_fresh(partition.seen));
  }
  return counts;
}

}  // namespace

std::optional<std::uint64_t> at_risk_records(const PartitionState& partition,
                                             const std::optional<std::vector<BrokerId>>& live) {
  if (!is_last_replica(partition)) return 0;
  const auto& missing = partition.missing;
  if (missing.empty()) return std::nullopt;
  const auto first = std::ranges::find_if(missing, [&](const Missing& one) {
    return !live || std::ranges::binary_search(*live, one.id);
  });
  const auto& has = first == missing.end() ? missing.back().has : first->has;
  if (!has || !partition.committed) return std::nullopt;
  const auto records = static_cast<std::uint64_t>(
      std::max<std::int64_t>(partition.committed->value - has->value, 0));
  // A leader without a listener cannot be asked what it has committed since.
  if (records == 0 && partition.leadership == Leadership::kNoListener) return std::nullopt;
  return records;
}

bool is_unhealthy(const Health& health) {
  return health.offline || health.under_replicated || health.reassigning || health.last_replica ||
         health.under_min_isr.value_or(false);
}

Health health_of(const PartitionState& partition, std::optional<std::int32_t> raw_min_isr,
                 const std::optional<model::KafkaRelease>& release) {
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

ReplicationSummary summarize(const ReplicationState& state, const model::Configs& settings,
                             const Freshness& freshness) {
  ReplicationSummary summary;
  Expiry expiry{freshness, summary};
  summary.topics.reserve(state.topics.size());
  const auto brokers = count_brokers(state, freshness);
  summary.live = brokers.live();
  bool are_all_listed = !state.topics_refused && freshness.is_fresh(state.polled);
  if (are_all_listed) summary.topic_count = state.topics.size();
  std::uint64_t partitions = 0;
  for (const auto& topic : state.topics) {
    auto& of_topic = summary.topics.emplace_back();
    const auto raw_min_isr = settings.min_isr(topic.name);
    const bool is_listed = freshness.is_fresh(topic.rows_seen);
    are_all_listed = are_all_listed && is_listed;
    if (is_listed) {
      expiry.add(topic.rows_seen);
      of_topic.partitions = topic.partitions.size();
      partitions += topic.partitions.size();
    }
    for (const auto& partition : topic.partitions) {
      expiry.add(partition.offsets_seen);
      if (is_listed && !partition.replicas.empty()) {
        const std::uint64_t replicas = partition.replicas.size();
        of_topic.replication_factor =
            std::min(of_topic.replication_factor.value_or(replicas), replicas);
      }
      if (!freshness.is_fresh(partition.seen)) {
        of_topic.counts.add_unknown();
        of_topic.at_risk.add_unknown();
        summary.complete = false;
        continue;
      }
      expiry.add(partition.seen);
      of_topic.counts.add(health_of(partition, raw_min_isr, settings.release));
      of_topic.at_risk.add_many(at_risk_records(partition, summary.live));
    }
    if (freshness.is_old_news) {
      of_topic.counts.add_unknown();
      of_topic.at_risk.add_unknown();
    }
    summary.counts.add(of_topic.counts);
  }
  if (state.topics_refused || freshness.is_old_news) {
    summary.counts.add_unknown();
    summary.complete = false;
  }
  if (are_all_listed) summary.partitions = partitions;
  // Two brokers that return the same outdated metadata confirm nothing.
  if (freshness.is_fresh(state.polled) &&
      !(freshness.is_old_news && state.confirmation == model::Confirmation::kPossible))
    summary.confirmation = state.confirmation;
  expiry.add(state.brokers_seen);
  for (const auto& [id, reach] : state.reach) expiry.add(reach.asked);
  brokers.add_to(summary, state, freshness);
  return summary;
}

}  // namespace kie::replication
