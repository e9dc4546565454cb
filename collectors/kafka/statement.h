#pragma once

#include "collectors/model/snapshot.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kie::kafka {

/// What one broker says of one topic.
struct TopicStatement {
  std::string name;
  /// Kafka's error code of the topic: 0, 3 (no such topic), 29 (not authorised), ...
  int error = 0;
  /// Source: DescribeTopics. Metadata through librdkafka has none.
  std::optional<TopicId> id;
  /// Sorted by id; never `confirmed`, without offsets.
  std::vector<model::PartitionSnapshot> partitions;
};

/// What one broker says of the cluster.
struct ClusterStatement {
  /// Who said it; nullopt if librdkafka cannot tell (its first connection).
  std::optional<BrokerId> by;
  /// Sorted by id.
  std::vector<model::BrokerSnapshot> brokers;
  /// Sorted by name.
  std::vector<TopicStatement> topics;
};

}  // namespace kie::kafka
