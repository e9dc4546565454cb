#include "exporter/exposition/replication_text.h"

#include <algorithm>
#include <string>

namespace kie::exposition {
namespace {

using enum FamilyId;
using replication::Counts;
using replication::Health;
using replication::Leadership;
using replication::Partition;
using replication::Topic;

struct CountFamily {
  FamilyId cluster;
  FamilyId topic;
  replication::Count Counts::* count;
};

constexpr std::array kCounts{
    CountFamily{kClusterUnderReplicated, kTopicUnderReplicated, &Counts::under_replicated},
    CountFamily{kClusterUnderMinIsr, kTopicUnderMinIsr, &Counts::under_min_isr},
    CountFamily{kClusterAtMinIsr, kTopicAtMinIsr, &Counts::at_min_isr},
    CountFamily{kClusterOffline, kTopicOffline, &Counts::offline},
    CountFamily{kClusterReassigning, kTopicReassigning, &Counts::reassigning},
    CountFamily{kClusterLastReplica, kTopicLastReplica, &Counts::last_replica},
};

// Counters and windows are events that were counted; they do not go stale.
constexpr std::array kLasting{
    kClusterUp,          kTopicIsrShrinks,         kTopicIsrExpands,
    kTopicLeaderChanges, kTopicIsrShrinksLastHour, kClusterTopicRecreations,
    kExpectedBrokers};

class Renderer {
 public:
  Renderer(const ClusterView& cluster, Pieces& pieces) : cluster_(cluster), pieces_(pieces) {
    if (!cluster_.name.empty()) {
      prefix_ = "{";
      append_label(prefix_, "kafka_cluster", cluster_.name);
      labels_ = prefix_ + "}";
    } else {
      prefix_ = "{";
    }
  }

  void run() {
    pieces_.clear();
    whole_cluster();
    brokers();
    for (std::size_t i = 0; i < cluster_.state.topics.size(); ++i)
      topic(cluster_.state.topics[i], cluster_.summary.topics[i]);
    for (const auto& [name, deleted] : cluster_.state.deleted) {
      begin_topic(name);
      last_hour(deleted.history);
    }
    for (std::size_t i = 0; i < kFamilyCount; ++i) {
      const auto id = static_cast<FamilyId>(i);
      if (std::ranges::find(kLasting, id) == kLasting.end())
        pieces_[id].valid_until = cluster_.summary.last_expiry;
    }
  }

 private:
  static std::uint64_t number(std::size_t value) { return value; }
  static std::int64_t number(bool value) { return value ? 1 : 0; }

  void whole_cluster() {
    pieces_.add(kClusterUp, labels_, number(cluster_.up));
    pieces_.add(kClusterTopicRecreations, labels_, cluster_.state.topic_recreations);
    if (cluster_.expected_brokers)
      pieces_.add(kExpectedBrokers, labels_, *cluster_.expected_brokers);
    // Without any fresh partition or broker nothing is known of the cluster's state.
    if (!cluster_.summary.last_expiry) return;
    pieces_.add(kClusterPartitions, labels_, cluster_.summary.partitions);
    for (const auto& family : kCounts)
      if (const auto value = (cluster_.summary.counts.*family.count).value())
        pieces_.add(family.cluster, labels_, *value);
  }

  void brokers() {
    if (!cluster_.freshness.is_fresh(cluster_.state.brokers_seen)) return;
    pieces_.add(kBrokers, labels_, number(cluster_.state.brokers.size()));
    for (const auto& broker : cluster_.state.brokers) {
      text_ = prefix_;
      append_label(text_, "id", std::to_string(broker.id.value));
      append_label(text_, "address", broker.host + ":" + std::to_string(broker.port));
      text_ += '}';
      pieces_.add(kBrokerInfo, text_, number(true));
      if (broker.rack.empty()) continue;
      text_ = prefix_;
      append_label(text_, "broker", std::to_string(broker.id.value));
      append_label(text_, "rack", broker.rack);
      text_ += '}';
      pieces_.add(kBrokerRackInfo, text_, number(true));
    }
    for (const auto& [id, broker] : cluster_.summary.brokers) {
      text_ = prefix_;
      append_label(text_, "broker", std::to_string(id.value));
      text_ += '}';
      pieces_.add(kBrokerUp, text_, number(broker.up));
      pieces_.add(kBrokerLeaderPartitions, text_, broker.leader_partitions);
      pieces_.add(kBrokerReplicas, text_, broker.replicas);
      pieces_.add(kBrokerOutOfSyncReplicas, text_, broker.out_of_sync_replicas);
    }
  }

  void begin_topic(const std::string& name) {
    topic_prefix_ = prefix_;
    append_label(topic_prefix_, "topic", name);
    text_ = topic_prefix_;
    text_ += '}';
  }

  void last_hour(const replication::TopicHistory& history) {
    pieces_.add(kTopicIsrShrinksLastHour, text_,
                replication::shrinks_last_hour(history, cluster_.freshness.now));
  }

  void topic(const Topic& topic, const replication::TopicSummary& summary) {
    begin_topic(topic.name);
    pieces_.add(kTopicIsrShrinks, text_, topic.history.isr_shrinks);
    pieces_.add(kTopicIsrExpands, text_, topic.history.isr_expands);
    pieces_.add(kTopicLeaderChanges, text_, topic.history.leader_changes);
    last_hour(topic.history);
    if (summary.partitions > 0) pieces_.add(kTopicPartitions, text_, summary.partitions);
    if (summary.replication_factor)
      pieces_.add(kTopicReplicationFactor, text_, *summary.replication_factor);
    for (const auto& family : kCounts)
      if (const auto value = (summary.counts.*family.count).value())
        pieces_.add(family.topic, text_, *value);

    const auto found = cluster_.settings.min_insync_replicas.find(topic.name);
    const std::optional<std::int32_t> min_isr = found == cluster_.settings.min_insync_replicas.end()
                                                    ? std::nullopt
                                                    : std::optional{found->second};
    topic_prefix_ += ",partition=\"";
    for (const auto& partition : topic.partitions) this->partition(partition, min_isr);
  }

  void partition(const Partition& partition, std::optional<std::int32_t> min_isr) {
    const bool fresh = cluster_.freshness.is_fresh(partition.seen);
    const bool fresh_offsets = cluster_.freshness.is_fresh(partition.offsets_seen);
    if (!fresh && !fresh_offsets) return;
    text_ = topic_prefix_;
    append_number(text_, std::int64_t{partition.id.value});
    text_ += "\"}";
    if (fresh_offsets) {
      if (partition.latest) pieces_.add(kPartitionCurrentOffset, text_, partition.latest->value);
      if (partition.earliest) pieces_.add(kPartitionOldestOffset, text_, partition.earliest->value);
      if (partition.leader_epoch)
        pieces_.add(kPartitionLeaderEpoch, text_, std::int64_t{partition.leader_epoch->value});
    }
    if (!fresh) return;
    const bool led = partition.leadership == Leadership::kLeader;
    pieces_.add(kPartitionLeader, text_, std::int64_t{led ? partition.leader.value : -1});
    pieces_.add(kPartitionLeaderIsPreferred, text_,
                number(led && !partition.replicas.empty() &&
                       partition.replicas.front() == partition.leader));
    pieces_.add(kPartitionReplicas, text_, number(partition.replicas.size()));
    pieces_.add(kPartitionInSyncReplica, text_, number(partition.isr.size()));
    pieces_.add(kPartitionUnderReplicated, text_,
                number(partition.isr.size() < partition.replicas.size()));
    const Health health = health_of(partition, min_isr, cluster_.settings.release);
    if (health.offline) pieces_.add(kPartitionOffline, text_, number(true));
    if (health.under_min_isr.value_or(false))
      pieces_.add(kPartitionUnderMinIsr, text_, number(true));
    if (health.at_min_isr.value_or(false)) pieces_.add(kPartitionAtMinIsr, text_, number(true));
    if (health.reassigning) pieces_.add(kPartitionReassigning, text_, number(true));
  }

  const ClusterView& cluster_;
  Pieces& pieces_;
  /// "{" with kafka_cluster, without the closing brace.
  std::string prefix_;
  /// The same, closed; empty without kafka_cluster.
  std::string labels_;
  std::string topic_prefix_;
  std::string text_;
};

}  // namespace

void render(const ClusterView& cluster, Pieces& pieces) { Renderer{cluster, pieces}.run(); }

}  // namespace kie::exposition
