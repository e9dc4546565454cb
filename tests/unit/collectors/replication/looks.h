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
  model::PartitionSnapshot look;
  look.id = PartitionId{row.partition};
  if (row.unknown) {
    look.leadership = Leadership::kUnknown;
  } else if (row.no_listener) {
    look.leadership = Leadership::kNoListener;
  } else if (row.leader) {
    look.leadership = Leadership::kLeader;
    look.leader = BrokerId{*row.leader};
  } else {
    look.leadership = Leadership::kNone;
  }
  look.isr = brokers(row.isr);
  std::sort(look.isr.begin(), look.isr.end());
  look.replicas = brokers(row.replicas);
  look.confirmed = row.confirmed;
  if (row.epoch) look.leader_epoch = LeaderEpoch{*row.epoch};
  if (row.latest) look.latest = Offset{*row.latest};
  if (row.earliest) look.earliest = Offset{*row.earliest};
  return look;
}

inline model::TopicSnapshot topic(std::string name, const std::vector<Row>& rows,
                                  std::optional<TopicId> id = kId) {
  model::TopicSnapshot look;
  look.name = std::move(name);
  look.id = id;
  for (const auto& row : rows) look.partitions.push_back(look_of(row));
  return look;
}

inline model::TopicSnapshot absent(std::string name, model::Presence presence) {
  model::TopicSnapshot look;
  look.name = std::move(name);
  look.presence = presence;
  return look;
}

inline std::vector<model::BrokerSnapshot> broker_list(const std::vector<int>& ids) {
  std::vector<model::BrokerSnapshot> list;
  for (const int id : ids) list.push_back({BrokerId{id}, "broker" + std::to_string(id), 9092, {}});
  return list;
}

inline model::ClusterSnapshot cluster(Instant when, std::vector<model::TopicSnapshot> topics,
                                      std::optional<std::vector<int>> ids = std::vector{1, 2, 3}) {
  model::ClusterSnapshot look;
  look.at = when;
  if (ids) look.brokers = broker_list(*ids);
  look.topics = std::move(topics);
  return look;
}

inline std::vector<std::string> kinds(const Changes& changes) {
  std::vector<std::string> names;
  for (const auto& event : changes.events) names.emplace_back(to_string(event.kind));
  return names;
}

inline std::vector<std::string> happened(State& state, model::ClusterSnapshot look) {
  return kinds(advance(state, std::move(look)));
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

  const Topic& orders() const { return *find_topic(state, "orders"); }
  const Partition& partition() const { return orders().partitions.at(0); }
  const TopicHistory& history() const { return orders().history; }

  State state;
  Instant now = at(0);
  /// Of the last look.
  Changes changes;
};

}  // namespace kie::replication::test
