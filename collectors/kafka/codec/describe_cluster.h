#pragma once

#include "collectors/kafka/codec/codec.h"
#include "collectors/model/ids.h"

#include <limits>
#include <optional>
#include <vector>

namespace kie::kafka::codec {

/// The brokers with their racks, and the cluster's id (KIP-700). Version 1 may ask a controller for
/// the controllers (KIP-919), 2 for brokers that are fenced as well (KIP-1073).
inline constexpr ApiSpec kDescribeCluster{60, 0, 2, 0, "DescribeCluster"};

enum class EndpointType : std::int8_t { kBrokers = 1, kControllers = 2 };

struct DescribeClusterRequest {
  static constexpr const ApiSpec& kApi = kDescribeCluster;

  bool include_cluster_authorized_operations = false;
  /// From version 1 on.
  EndpointType endpoint_type = EndpointType::kBrokers;
  /// From version 2 on.
  bool include_fenced_brokers = false;

  bool operator==(const DescribeClusterRequest&) const = default;
};

struct DescribeClusterResponse {
  static constexpr const ApiSpec& kApi = kDescribeCluster;

  struct Broker {
    BrokerId id{};
    std::string_view host{};
    std::int32_t port = 0;
    std::optional<std::string_view> rack{};
    /// From version 2 on.
    bool is_fenced = false;

    bool operator==(const Broker&) const = default;
  };

  /// Unit: milliseconds.
  std::int32_t throttle_time = 0;
  std::int16_t error = 0;
  std::optional<std::string_view> error_message{};
  /// From version 1 on.
  EndpointType endpoint_type = EndpointType::kBrokers;
  std::string_view cluster_id{};
  /// With KRaft a broker answers with some broker, not the controller.
  BrokerId controller{-1};
  std::vector<Broker> brokers{};
  /// The least number: they were not asked for.
  std::int32_t authorized_operations = std::numeric_limits<std::int32_t>::min();

  bool operator==(const DescribeClusterResponse&) const = default;
};

}  // namespace kie::kafka::codec
