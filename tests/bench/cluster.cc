#include "tests/bench/cluster.h"

#include "collectors/replication/advance.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace kie::bench {
namespace {

constexpr std::size_t kMostPartitionsPerBroker = 10'000;
constexpr std::size_t kReplicationFactor = 3;
constexpr std::size_t kUnhealthyEvery = 200;

/// Looks random and is the same everywhere (splitmix64).
std::uint64_t mix(std::uint64_t number) {
  number += 0x9e3779b97f4a7c15;
  number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9;
  number = (number ^ (number >> 27)) * 0x94d049bb133111eb;
  return number ^ (number >> 31);
}

std::size_t broker_count(std::size_t partitions) {
  return std::clamp<std::size_t>(kReplicationFactor * partitions / kMostPartitionsPerBroker,
                                 kReplicationFactor, 10);
}

void sort_isr(model::PartitionSnapshot& partition) {
  std::sort(partition.isr.begin(), partition.isr.end());
}

model::PartitionSnapshot make_partition(std::size_t index, std::size_t number,
                                        std::size_t brokers) {
  model::PartitionSnapshot partition;
  partition.id = PartitionId{static_cast<std::int32_t>(number)};
  for (std::size_t i = 0; i < kReplicationFactor; ++i)
    partition.replicas.emplace_back(static_cast<std::int32_t>((index + i) % brokers + 1));
  partition.isr = partition.replicas;
  partition.leadership = model::Leadership::kLeader;
  partition.leader = partition.replicas.front();
  if (index % kUnhealthyEvery == kUnhealthyEvery / 2) {
    // Behind by one, behind by two, offline: in turn.
    const auto illness = index / kUnhealthyEvery % 3;
    partition.isr.resize(illness == 0 ? 2 : 1);
    if (illness == 2) partition.leadership = model::Leadership::kNone;
  }
  sort_isr(partition);
  partition.confirmed = true;
  const auto random = mix(index);
  // From idle partitions to those with years of traffic.
  const auto records = static_cast<std::int64_t>(random >> (24 + random % 36));
  partition.leader_epoch = LeaderEpoch{static_cast<std::int32_t>(random % 90)};
  partition.latest = Offset{records};
  partition.earliest = Offset{random % 2 == 0 ? 0 : records / 8 * 7};
  return partition;
}

}  // namespace

Cluster::Cluster(std::size_t partitions, std::size_t per_topic) {
  const auto brokers = broker_count(partitions);
  snapshot_.at = model::Instant{std::chrono::hours{24}};
  snapshot_.brokers.emplace();
  for (std::size_t i = 0; i < brokers; ++i)
    snapshot_.brokers->push_back({BrokerId{static_cast<std::int32_t>(i + 1)},
                                  fmt::format("kafka-{}.kafka.svc.cluster.local", i + 1), 9092,
                                  fmt::format("eu-west-1{}", "abc"[i % 3])});
  static constexpr std::array<const char*, 4> kTeams{"billing", "orders", "payments", "web"};
  const auto topics = partitions / per_topic;
  for (std::size_t i = 0; i < topics; ++i) {
    auto& topic = snapshot_.topics.emplace_back();
    topic.name = fmt::format("{}.events.v1-{:05}", kTeams[i * kTeams.size() / topics], i);
    topic.id = TopicId{static_cast<std::int64_t>(mix(i)), static_cast<std::int64_t>(i)};
    for (std::size_t j = 0; j < per_topic; ++j)
      topic.partitions.push_back(make_partition(i * per_topic + j, j, brokers));
    settings_.topics[topic.name].min_insync_replicas = {2, model::ConfigSource::kTopic};
  }
  settings_.release = model::KafkaRelease{4, 0};
}

void Cluster::step_every(std::size_t topics) {
  ++steps_;
  snapshot_.at += kPollInterval;
  for (std::size_t i = steps_ % topics; i < snapshot_.topics.size(); i += topics)
    for (auto& partition : snapshot_.topics[i].partitions) partition.latest->value += 1000;
}

void Cluster::step_with_elections() {
  step();
  for (std::size_t i = steps_ % 10; i < snapshot_.topics.size(); i += 10)
    elect(snapshot_.topics[i]);
}

void Cluster::elect(model::TopicSnapshot& topic) {
  for (auto& partition : topic.partitions) {
    if (partition.leadership != model::Leadership::kLeader) continue;
    const bool was_whole = partition.isr.size() == partition.replicas.size();
    partition.isr = partition.replicas;
    if (was_whole) partition.isr.erase(partition.isr.begin());
    partition.leader = partition.isr.front();
    sort_isr(partition);
    ++partition.leader_epoch->value;
  }
}

replication::ReplicationState state_of(const Cluster& cluster) {
  replication::ReplicationState state;
  replication::advance(state, cluster.snapshot());
  return state;
}

exposition::ClusterView view_of(const Cluster& cluster, const replication::ReplicationState& state,
                                const replication::ReplicationSummary& summary) {
  static const config::ClusterConfig kConfig{.name = "prod", .expected_brokers = 10};
  static const loss::LossState kLoss;
  static const risk::Findings kRisks;
  return {.config = kConfig,
          .up = true,
          .replication = state,
          .summary = summary,
          .loss = kLoss,
          .settings = cluster.settings(),
          .risks = kRisks,
          .freshness = cluster.freshness()};
}

}  // namespace kie::bench
