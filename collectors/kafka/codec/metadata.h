#pragma once

#include "collectors/kafka/codec/codec.h"
#include "collectors/model/ids.h"

#include <limits>
#include <optional>
#include <vector>

namespace kie::kafka::codec {

/// Brokers that are registered and not fenced, topics, and the state of partitions, as known to the
/// broker that is asked. Version 12 may ask for a topic by its id alone, 13 has a top-level error.
inline constexpr ApiSpec kMetadata{3, 11, 13, 9, "Metadata"};

/// Means "not asked for".
inline constexpr std::int32_t kNoOperations = std::numeric_limits<std::int32_t>::min();

struct MetadataRequest {
  static constexpr const ApiSpec& kApi = kMetadata;

  struct Topic {
    /// Zero: by name.
    TopicId id{};
    /// Null: by id, from version 12 on.
    std::optional<std::string_view> name{};

    bool operator==(const Topic&) const = default;
  };

  /// Null: all topics. Empty: none.
  std::optional<std::vector<Topic>> topics{};
  /// Kafka's own default is true.
  bool allow_auto_topic_creation = false;
  bool include_topic_authorized_operations = false;

  bool operator==(const MetadataRequest&) const = default;
};

struct MetadataResponse {
  static constexpr const ApiSpec& kApi = kMetadata;

  struct Broker {
    BrokerId id{};
    std::string_view host{};
    std::int32_t port = 0;
    std::optional<std::string_view> rack{};

    bool operator==(const Broker&) const = default;
  };

  struct Partition {
    std::int16_t error = 0;
    PartitionId id{};
    /// -1: there is none.
    BrokerId leader{-1};
    LeaderEpoch leader_epoch{-1};
    /// In the order of the assignment.
    std::vector<BrokerId> replicas{};
    std::vector<BrokerId> isr{};
    std::vector<BrokerId> offline{};

    bool operator==(const Partition&) const = default;
  };

  struct Topic {
    std::int16_t error = 0;
    /// Null if the topic was asked for by an id that the broker does not know.
    std::optional<std::string_view> name{};
    TopicId id{};
    bool is_internal = false;
    std::vector<Partition> partitions{};
    std::int32_t authorized_operations = kNoOperations;

    bool operator==(const Topic&) const = default;
  };

  /// Unit: milliseconds.
  std::int32_t throttle_time = 0;
  std::vector<Broker> brokers{};
  std::optional<std::string_view> cluster_id{};
  /// With KRaft some broker, not the controller.
  BrokerId controller{-1};
  std::vector<Topic> topics{};
  /// From version 13 on.
  std::int16_t error = 0;

  bool operator==(const MetadataResponse&) const = default;
};

}  // namespace kie::kafka::codec
