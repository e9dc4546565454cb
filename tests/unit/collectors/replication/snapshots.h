#pragma once

#include "collectors/model/snapshot.h"
#include "collectors/replication/advance.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Short ways to write down what was seen of a cluster.
namespace kie::replication::test {

inline constexpr TopicId kId{1, 1};
inline constexpr TopicId kOtherId{2, 2};
inline constexpr TopicId kZero{};

/// A moment, in seconds from some beginning.
inline Instant at(double seconds) {
  return Instant{} + std::chrono::hours{10} +
         std::chrono::duration_cast<Instant::duration>(std::chrono::duration<double>(seconds));
}

inline std::vector<BrokerId> brokers(const std::vector<int>& ids) {
  std::vector<BrokerId> result;
  for (const int id : ids) result.emplace_back(id);
  return result;
}

/// A healthy partition of three replicas, unless said otherwise.
struct Row {
  int partition = 0;
  /// nullopt: nobody leads.
  std::optional<int> leader = 1;
  std::vector<int> isr = {1, 2, 3};
  std::vector<int> replicas = {1, 2, 3};
  std::optional<int> epoch = std::nullopt;
  std::optional<std::int64_t> latest = std::nullopt;
  std::optional<std::int64_t> earliest = std::nullopt;
  bool confirmed = true;
  /// Brokers contradict each other.
  bool unknown = false;
  /// Somebody leads who has no listener of the name in use.
  bool no_listener = false;
};

inline model::PartitionSnapshot look_of(const Row& row) {
  model::PartitionSnapshot snapshot;
  snapshot.id = PartitionId{row.partition};
  if (row.unknown) {
    snapshot.leadership = Leadership::kUnknown;
  } else if (row.no_listener) {
    snapshot.leadership = Leadership::kNoListener;
  } else if (row.leader) {
    snapshot.leadership = Leadership::kLeader;
    snapshot.leader = BrokerId{*row.leader};
  } else {
    snapshot.leadership = Leadership::kNone;
  }
  snapshot.isr = brokers(row.isr);
  std::sort(snapshot.isr.begin(), snapshot.isr.end());
  snapshot.replicas = brokers(row.replicas);
  snapshot.confirmed = row.confirmed;
  if (row.epoch) snapshot.leader_epoch = LeaderEpoch{*row.epoch};
  if (row.latest) snapshot.latest = Offset{*row.latest};
  if (row.earliest) snapshot.earliest = Offset{*row.earliest};
  return snapshot;
}

inline model::TopicSnapshot topic(std::string name, const std::vector<Row>& rows,
                                  std::optional<TopicId> id = kId) {
  model::TopicSnapshot snapshot;
  snapshot.name = std::move(name);
  snapshot.id = id;
  for (const auto& row : rows) snapshot.partitions.push_back(look_of(row));
  return snapshot;
}

inline model::TopicSnapshot absent(std::string name, model::Presence presence) {
  model::TopicSnapshot snapshot;
  snapshot.name = std::move(name);
  snapshot.presence = presence;
  return snapshot;
}

inline std::vector<model::BrokerSnapshot> broker_list(const std::vector<int>& ids) {
  std::vector<model::BrokerSnapshot> list;
  for (const int id : ids) list.push_back({BrokerId{id}, "broker" + std::to_string(id), 9092, {}});
  return list;
}

inline model::ClusterSnapshot cluster(Instant when, std::vector<model::TopicSnapshot> topics,
                                      std::optional<std::vector<int>> ids = std::vector{1, 2, 3}) {
  model::ClusterSnapshot snapshot;
  snapshot.at = when;
  if (ids) snapshot.brokers = broker_list(*ids);
  snapshot.topics = std::move(topics);
  return snapshot;
}

inline std::vector<std::string> kinds(const Changes& changes) {
  std::vector<std::string> names;
  for (const auto& event : changes.events) names.emplace_back(to_string(event.kind));
  return names;
}

inline std::vector<std::string> happened(ReplicationState& state, model::ClusterSnapshot snapshot) {
  return kinds(advance(state, std::move(snapshot)));
}

/// One topic of one partition, looked at every ten seconds.
class Watched {
 public:
  explicit Watched(const Row& first) { see(first); }

  /// What happened since the last look.
  std::vector<std::string> see(const Row& row, std::optional<TopicId> id = kId) {
    now += std::chrono::seconds{10};
    changes = advance(state, cluster(now, {topic("orders", {row}, id)}));
    return kinds(changes);
  }

  const TopicState& orders() const { return *find_topic(state, "orders"); }
  const PartitionState& partition() const { return orders().partitions.at(0); }
  const TopicHistory& history() const { return orders().history; }

  ReplicationState state;
  Instant now = at(0);
  /// Of the last look.
  Changes changes;
};

}  // namespace kie::replication::test
