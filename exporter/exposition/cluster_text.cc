#include "exporter/exposition/cluster_text.h"

#include "collectors/model/address.h"
#include "exporter/exposition/risk_text.h"
#include "exporter/exposition/self_metrics.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

namespace kie::exposition {
namespace {

using enum FamilyId;
using replication::Counts;
using replication::Health;
using replication::LeaderOrigin;
using replication::PartitionState;
using replication::TopicState;

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

/// kafka_exporter's value for a partition without a leader.
constexpr BrokerId kNoLeader{-1};

/// Why a series is left out of the page.
constexpr std::array<std::string_view, 2> kReasons{"partition_metrics", "max_series"};

constexpr std::array<std::string_view, loss::kResults> kResults{"none", "lost", "unknown"};

/// The scopes of a cluster's findings.
constexpr std::array kScopes{risk::Scope::kTopic, risk::Scope::kBroker, risk::Scope::kCluster};

/// acks="all" and acks="1".
constexpr std::uint64_t kAcks = 2;

double seconds(std::chrono::milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

/// The most series that one broker, topic, ... can have.
std::uint64_t most_series(SeriesPer per, bool compatible,
                          std::optional<Lifetime> lifetime = std::nullopt) {
  return static_cast<std::uint64_t>(std::ranges::count_if(families(), [&](const Family& one) {
    return one.writer == FamilyWriter::kCluster && one.per == per &&
           (compatible || !one.compatible) && (!lifetime || one.lifetime == *lifetime);
  }));
}

std::uint64_t most_series_of_topic(bool compatible,
                                   std::optional<Lifetime> lifetime = std::nullopt) {
  return most_series(SeriesPer::kPerTopic, compatible, lifetime) +
         kAcks * most_series(SeriesPer::kPerTopicAndAcks, compatible, lifetime);
}

class ClusterRenderer {
 public:
  ClusterRenderer(const ClusterView& cluster, ClusterSamples& samples)
      : cluster_(cluster),
        samples_(samples),
        topic_cost_(most_series_of_topic(cluster.config.compatible_metrics)),
        windows_cost_(most_series_of_topic(cluster.config.compatible_metrics, Lifetime::kWindow)),
        partition_cost_(most_series(SeriesPer::kPerPartition, cluster.config.compatible_metrics)),
        room_(static_cast<std::uint64_t>(cluster.config.max_series)) {
    if (!cluster_.config.name.empty()) {
      append_label(prefix_, "kafka_cluster", cluster_.config.name);
      labels_ = prefix_ + "}";
    }
  }

  void run() {
    samples_.clear();
    whole_cluster();
    brokers();
    room_ -= std::min(room_, most_of_cluster());
    const auto& topics = cluster_.replication.topics;
    for (std::size_t i = 0; i < topics.size(); ++i) topic(topics[i], cluster_.summary.topics[i]);
    for (const auto& [name, deleted] : cluster_.replication.deleted) {
      take_room(windows_cost_);
      begin_topic(name);
      last_hour(deleted.history, loss_of(name));
    }
    for (const auto& one : topics) partitions(one);
    for (const auto& one : cluster_.risks.found) risk(one);
    series_left_out();
    for (const auto& one : families()) {
      if (one.lifetime == Lifetime::kWhileControllerFresh) {
        samples_[one.id].valid_until = cluster_.quorum.expiry;
      } else if (one.lifetime == Lifetime::kWhileFresh) {
        samples_[one.id].valid_until = cluster_.summary.last_expiry;
      }
    }
  }

 private:
  static std::uint64_t number(std::size_t value) { return value; }
  static std::int64_t number(bool value) { return value ? 1 : 0; }

  template <class Number>
  void add(FamilyId id, std::string_view labels, Number value) {
    if (!cluster_.config.compatible_metrics && family(id).compatible) return;
    if (left_out_ != nullptr) {
      ++*left_out_;
      return;
    }
    samples_.add(id, labels, value);
  }

  /// The most series that the cluster itself and its brokers can have: the number left for topics
  /// must not depend on their state.
  std::uint64_t most_of_cluster() const {
    const bool compatible = cluster_.config.compatible_metrics;
    std::uint64_t most = most_series(SeriesPer::kPerCluster, compatible) +
                         cluster_.replication.elections.size() + kResults.size() + kReasons.size();
    for (const auto scope : kScopes) most += count_risks({}, scope).size();
    // A dead broker is known from its replicas, and a stale list still counts.
    const std::uint64_t brokers =
        std::max(cluster_.replication.brokers.size(), cluster_.summary.brokers.size());
    most += brokers * most_series(SeriesPer::kPerBroker, compatible);
    most += cluster_.quorum.voters.size() * most_series(SeriesPer::kPerVoter, compatible);
    return most;
  }

  /// The samples added after this are left out unless there is room for `cost` series. After the
  /// first that was left out, all are.
  void take_room(std::uint64_t cost) {
    const bool fits = room_ >= cost;
    room_ = fits ? room_ - cost : 0;
    left_out_ = fits ? nullptr : &above_max_series_;
  }

  void series_left_out() {
    left_out_ = nullptr;
    const std::array counts{not_wanted_, above_max_series_};
    for (std::size_t i = 0; i < kReasons.size(); ++i) {
      add(kSeriesLeftOut, with("reason", kReasons[i]), counts[i]);
    }
  }

  void whole_cluster() {
    add(kClusterUp, labels_, number(cluster_.up));
    add(kClusterTopicRecreations, labels_, cluster_.replication.topic_recreations);
    for (const auto leader_origin :
         {LeaderOrigin::kInIsr, LeaderOrigin::kOutsideIsr, LeaderOrigin::kUnknown})
      add(kClusterLeaderElections, with("leader", to_string(leader_origin)),
          cluster_.replication.elections.at(static_cast<std::size_t>(leader_origin)));
    for (std::size_t i = 0; i < loss::kResults; ++i)
      add(kLossAssessments, with("result", kResults.at(i)), cluster_.loss.assessments.at(i));
    add(kLossPending, labels_,
        loss::count_pending(cluster_.loss) +
            replication::count_leaders_without_epoch(cluster_.replication));
    if (cluster_.config.expected_brokers)
      add(kExpectedBrokers, labels_, *cluster_.config.expected_brokers);
    controller();
    // Without any fresh partition or broker the cluster's state is not known.
    if (!cluster_.summary.last_expiry) return;
    if (cluster_.summary.confirmation)
      add(kClusterConfirmed, labels_,
          number(*cluster_.summary.confirmation == model::Confirmation::kPossible));
    if (cluster_.summary.partitions) add(kClusterPartitions, labels_, *cluster_.summary.partitions);
    for (const auto& family : kCounts)
      if (const auto value = (cluster_.summary.counts.*family.count).value())
        add(family.cluster, labels_, *value);
    for (const auto scope : kScopes) {
      const bool is_complete = cluster_.risks.is_complete(scope);
      for (const auto& [which, count] : count_risks(cluster_.risks.found, scope))
        if (count > 0 || is_complete)
          add(kConfigRisks, risk_labels(prefix_, which.first, which.second), count);
    }
  }

  void controller() {
    const auto& quorum = cluster_.quorum;
    if (quorum.up) add(kControllerUp, labels_, number(*quorum.up));
    if (quorum.id) add(kControllerId, labels_, std::int64_t{quorum.id->value});
    if (quorum.epoch) add(kControllerEpoch, labels_, std::int64_t{quorum.epoch->value});
    if (quorum.voter_count) add(kControllerVoters, labels_, *quorum.voter_count);
    for (const auto& voter : quorum.voters) {
      with("id", std::to_string(voter.id.value));
      if (voter.records) add(kControllerVoterLagRecords, text_, *voter.records);
      if (voter.time) add(kControllerVoterLag, text_, seconds(*voter.time));
    }
    for (const auto& follower : quorum.followers) {
      const auto found = cluster_.summary.brokers.find(follower.id);
      if (!follower.time || found == cluster_.summary.brokers.end() || !found->second.is_listed)
        continue;
      add(kBrokerMetadataLag, with("broker", std::to_string(follower.id.value)),
          seconds(*follower.time));
    }
  }

  void risk(const risk::Finding& finding) {
    // While all partitions are stale, findings are too.
    if (!finding.exemption.empty() || !cluster_.summary.last_expiry) return;
    take_room(1);
    add(kConfigRisk, risk_labels(prefix_, finding), number(true));
  }

  /// The cluster's labels with one more.
  const std::string& with(std::string_view label, std::string_view value) {
    text_ = prefix_;
    append_label(text_, label, value);
    text_ += '}';
    return text_;
  }

  void brokers() {
    if (!cluster_.freshness.is_fresh(cluster_.replication.brokers_seen)) return;
    if (cluster_.summary.brokers_up) add(kBrokers, labels_, *cluster_.summary.brokers_up);
    for (const auto& broker : cluster_.replication.brokers) {
      text_ = prefix_;
      append_label(text_, "id", std::to_string(broker.id.value));
      append_label(text_, "address", model::format_address(broker.host, broker.port));
      text_ += '}';
      add(kBrokerInfo, text_, number(true));
      if (broker.rack.empty()) continue;
      text_ = prefix_;
      append_label(text_, "broker", std::to_string(broker.id.value));
      append_label(text_, "rack", broker.rack);
      text_ += '}';
      add(kBrokerRackInfo, text_, number(true));
    }
    for (const auto& [id, broker] : cluster_.summary.brokers) {
      with("broker", std::to_string(id.value));
      if (broker.up) add(kBrokerUp, text_, number(*broker.up));
      if (broker.leader_partitions) add(kBrokerLeaderPartitions, text_, *broker.leader_partitions);
      if (broker.replicas) add(kBrokerReplicas, text_, *broker.replicas);
      // A lower bound of 0 would claim that the unknown partitions have none.
      if (broker.out_of_sync_replicas > 0 || cluster_.summary.complete)
        add(kBrokerOutOfSyncReplicas, text_, broker.out_of_sync_replicas);
      if (const auto blocked = stop_blocked(id)) add(kBrokerStopBlocked, text_, *blocked);
      if (broker.reach) add(kBrokerReachable, text_, number(broker.reach->answers));
    }
  }

  std::optional<std::uint64_t> stop_blocked(BrokerId id) const {
    if (cluster_.stop_blocked == nullptr) return std::nullopt;
    const auto found = cluster_.stop_blocked->find(id);
    return found == cluster_.stop_blocked->end() ? std::nullopt : found->second.value();
  }

  void begin_topic(const std::string& name) {
    topic_prefix_ = prefix_;
    append_label(topic_prefix_, "topic", name);
    text_ = topic_prefix_;
    text_ += '}';
    acks_text_ = topic_prefix_;
    append_label(acks_text_, "acks", "all");
    acks_text_ += '}';
    one_text_ = topic_prefix_;
    append_label(one_text_, "acks", "1");
    one_text_ += '}';
  }

  /// Only producers' reports show what was acknowledged with acks=1.
  bool has_one(const loss::TopicLoss& loss) const {
    return cluster_.takes_reports || loss.lost_by_one > 0;
  }

  const loss::TopicLoss& loss_of(const std::string& topic) const {
    static const loss::TopicLoss nothing;
    const auto found = cluster_.loss.topics.find(topic);
    return found == cluster_.loss.topics.end() ? nothing : found->second;
  }

  void last_hour(const replication::TopicHistory& history, const loss::TopicLoss& loss) {
    const auto now = cluster_.freshness.now;
    add(kTopicIsrShrinksLastHour, text_, replication::shrinks_last_hour(history, now));
    add(kTopicUncleanElectionsLastHour, text_, loss::last_hour(loss.recent_unclean, now));
    add(kTopicLostRecordsLastHour, acks_text_, loss::last_hour(loss.recent_lost, now));
    if (has_one(loss))
      add(kTopicLostRecordsLastHour, one_text_, loss::last_hour(loss.recent_lost_by_one, now));
    add(kLossUnknownLastHour, text_, loss::last_hour(loss.recent_unknown, now));
  }

  void topic(const TopicState& topic, const replication::TopicSummary& summary) {
    take_room(topic_cost_);
    begin_topic(topic.name);
    add(kTopicIsrShrinks, text_, topic.history.isr_shrinks);
    add(kTopicIsrExpands, text_, topic.history.isr_expands);
    add(kTopicLeaderChanges, text_, topic.history.leader_changes);
    const auto& loss = loss_of(topic.name);
    last_hour(topic.history, loss);
    add(kTopicUncleanElections, text_, loss.unclean_elections);
    add(kTopicLostRecords, acks_text_, loss.lost);
    if (has_one(loss)) add(kTopicLostRecords, one_text_, loss.lost_by_one);
    if (loss.last_loss) add(kTopicLastLoss, text_, unix_seconds(*loss.last_loss));
    if (const auto records = summary.at_risk.value()) add(kTopicAtRiskRecords, text_, *records);
    if (summary.partitions) add(kTopicPartitions, text_, *summary.partitions);
    if (summary.replication_factor)
      add(kTopicReplicationFactor, text_, *summary.replication_factor);
    for (const auto& family : kCounts)
      if (const auto value = (summary.counts.*family.count).value())
        add(family.topic, text_, *value);
    // Settings of a topic that is not known are not shown.
    if (summary.partitions) settings(cluster_.settings.of(topic.name));
  }

  void settings(const model::TopicConfigs& of) {
    if (of.min_insync_replicas)
      add(kTopicMinInsyncReplicas, text_, std::int64_t{of.min_insync_replicas->value});
    if (of.unclean_leader_election)
      add(kTopicUncleanElectionEnable, text_, number(of.unclean_leader_election->value));
    if (of.retention_ms) {
      const auto ms = of.retention_ms->value;
      constexpr double kUnlimited = std::numeric_limits<double>::infinity();
      add(kTopicRetention, text_, ms < 0 ? kUnlimited : static_cast<double>(ms) / 1000);
    }
  }

  void partitions(const TopicState& topic) {
    const auto min_isr = cluster_.settings.min_isr(topic.name);
    begin_topic(topic.name);
    topic_prefix_ += ",partition=\"";
    for (const auto& partition : topic.partitions) this->partition(partition, min_isr);
  }

  bool is_wanted(const Health& health) const {
    switch (cluster_.config.partition_metrics) {
      case config::PartitionMetrics::kAll:
        return true;
      case config::PartitionMetrics::kUnhealthy:
        return is_unhealthy(health);
      case config::PartitionMetrics::kNone:
        return false;
    }
    return true;
  }

  void partition(const PartitionState& partition, std::optional<std::int32_t> min_isr) {
    const bool fresh = cluster_.freshness.is_fresh(partition.seen);
    const bool fresh_offsets = cluster_.freshness.is_fresh(partition.offsets_seen);
    const Health health =
        fresh ? health_of(partition, min_isr, cluster_.settings.release) : Health{};
    if (is_wanted(health)) {
      take_room(partition_cost_);
    } else {
      left_out_ = &not_wanted_;
    }
    // Its room stays reserved, or other topics would enter the page while it is stale.
    if (!fresh && !fresh_offsets) return;
    text_ = topic_prefix_;
    append_number(text_, std::int64_t{partition.id.value});
    text_ += "\"}";
    if (fresh_offsets) {
      if (partition.latest) add(kPartitionCurrentOffset, text_, partition.latest->value);
      if (partition.earliest) add(kPartitionOldestOffset, text_, partition.earliest->value);
      if (partition.leader_epoch)
        add(kPartitionLeaderEpoch, text_, std::int64_t{partition.leader_epoch->value});
    }
    if (!fresh) return;
    leader(partition, health);
    const bool is_smaller = partition.isr.size() < partition.replicas.size();
    add(kPartitionReplicas, text_, number(partition.replicas.size()));
    if (is_smaller || !cluster_.freshness.is_old_news) {
      add(kPartitionInSyncReplica, text_, number(partition.isr.size()));
      add(kPartitionUnderReplicated, text_, number(is_smaller));
    }
    if (health.offline) add(kPartitionOffline, text_, number(true));
    if (health.under_min_isr.value_or(false)) add(kPartitionUnderMinIsr, text_, number(true));
    if (health.at_min_isr.value_or(false)) add(kPartitionAtMinIsr, text_, number(true));
    if (health.reassigning) add(kPartitionReassigning, text_, number(true));
  }

  /// Without a controller the last metadata may be outdated: it is shown only if it is unhealthy.
  void leader(const PartitionState& partition, const Health& health) {
    if (!partition.leader && !health.offline) return;
    const bool is_old_news = cluster_.freshness.is_old_news;
    if (health.offline || !is_old_news)
      add(kPartitionLeader, text_, std::int64_t{partition.leader.value_or(kNoLeader).value});
    const bool is_preferred =
        !partition.replicas.empty() && partition.leader == partition.replicas.front();
    if (!is_preferred || !is_old_news)
      add(kPartitionLeaderIsPreferred, text_, number(is_preferred));
  }

  const ClusterView& cluster_;
  ClusterSamples& samples_;
  const std::uint64_t topic_cost_;
  const std::uint64_t windows_cost_;
  const std::uint64_t partition_cost_;
  /// The number of series that may still be added.
  std::uint64_t room_;
  std::uint64_t not_wanted_ = 0;
  std::uint64_t above_max_series_ = 0;
  /// Counts samples that are left out; nullptr: they are added to the page.
  std::uint64_t* left_out_ = nullptr;
  /// "{" with kafka_cluster, without the closing brace.
  std::string prefix_ = "{";
  /// The same, closed; empty without kafka_cluster.
  std::string labels_;
  std::string topic_prefix_;
  /// The topic's labels with acks.
  std::string acks_text_, one_text_;
  std::string text_;
};

}  // namespace

void render(const ClusterView& cluster, ClusterSamples& samples) {
  ClusterRenderer{cluster, samples}.run();
}

}  // namespace kie::exposition
