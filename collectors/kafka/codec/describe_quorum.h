#pragma once

#include "collectors/kafka/codec/codec.h"
#include "collectors/model/ids.h"

#include <optional>
#include <vector>

namespace kie::kafka::codec {

/// The controllers of KRaft and how far they and the brokers have followed the metadata log
/// (KIP-595). A broker forwards it to the active controller. Version 1 adds times (KIP-836), 2 the
/// replicas' directories, texts of errors and the controllers' addresses (KIP-853).
inline constexpr ApiSpec kDescribeQuorum{55, 0, 2, 0, "DescribeQuorum"};

struct DescribeQuorumRequest {
  static constexpr const ApiSpec& kApi = kDescribeQuorum;

  struct Partition {
    PartitionId id{};

    bool operator==(const Partition&) const = default;
  };

  struct Topic {
    /// There is one: __cluster_metadata, with partition 0.
    std::string_view name{};
    std::vector<Partition> partitions{};

    bool operator==(const Topic&) const = default;
  };

  std::vector<Topic> topics{};

  bool operator==(const DescribeQuorumRequest&) const = default;
};

struct DescribeQuorumResponse {
  static constexpr const ApiSpec& kApi = kDescribeQuorum;

  struct Replica {
    BrokerId id{};
    /// Kafka's Uuid of a log directory, from version 2 on. Not of a topic, but encoded in the same
    /// way.
    TopicId directory{};
    /// -1: unknown.
    Offset log_end{-1};
    /// By the leader's clock, from version 1 on; -1 for the leader itself, and unknown. Unit:
    /// milliseconds since 1970.
    std::int64_t last_fetch = -1;
    /// When the leader had what the replica fetched last, from version 1 on; -1: unknown. Unit:
    /// milliseconds since 1970.
    std::int64_t last_caught_up = -1;

    bool operator==(const Replica&) const = default;
  };

  struct Partition {
    PartitionId id{};
    std::int16_t error = 0;
    /// From version 2 on.
    std::optional<std::string_view> error_message{};
    /// The active controller; -1: unknown.
    BrokerId leader{-1};
    LeaderEpoch leader_epoch{};
    Offset high_watermark{};
    std::vector<Replica> voters{};
    std::vector<Replica> observers{};

    bool operator==(const Partition&) const = default;
  };

  struct Topic {
    std::string_view name{};
    std::vector<Partition> partitions{};

    bool operator==(const Topic&) const = default;
  };

  struct Listener {
    std::string_view name{};
    std::string_view host{};
    std::uint16_t port = 0;

    bool operator==(const Listener&) const = default;
  };

  struct Node {
    BrokerId id{};
    std::vector<Listener> listeners{};

    bool operator==(const Node&) const = default;
  };

  std::int16_t error = 0;
  /// From version 2 on.
  std::optional<std::string_view> error_message{};
  std::vector<Topic> topics{};
  /// The voters, from version 2 on.
  std::vector<Node> nodes{};

  bool operator==(const DescribeQuorumResponse&) const = default;
};

}  // namespace kie::kafka::codec
