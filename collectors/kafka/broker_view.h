#pragma once

#include "collectors/model/snapshot.h"

#include <optional>
#include <string>
#include <vector>

namespace kie::kafka {

/// An answer that lists more is refused. Kafka's largest clusters have hundreds.
inline constexpr std::size_t kMostBrokers = 10'000;

/// One broker's answer about a topic.
struct TopicView {
  std::string name;
  /// Kafka's error code of the topic: 0, kUnknownTopicOrPartition, kTopicAuthorizationFailed, ...
  int error = 0;
  /// All zero: the broker is older than 2.8.
  std::optional<TopicId> id;
  /// Sorted by id; never `confirmed`, without offsets.
  std::vector<model::PartitionSnapshot> partitions;
};

/// One broker's answer about the cluster. Source: Metadata (API 3).
struct BrokerView {
  /// The broker that answered; -1: a configured server whose id is not known yet.
  BrokerId by{-1};
  std::optional<std::string> cluster_id;
  /// Sorted by id.
  std::vector<model::BrokerSnapshot> brokers;
  /// Sorted by name.
  std::vector<TopicView> topics;
};

}  // namespace kie::kafka
