#include "collectors/kafka/codec/describe_cluster.h"

#include "collectors/kafka/codec/coding.h"

namespace kie::kafka::codec {

template <>
struct Fields<DescribeClusterRequest> {
  static constexpr void of(auto& wire, auto& request) {
    wire(request.include_cluster_authorized_operations);
    if (wire.version() >= 1) wire(request.endpoint_type);
    if (wire.version() >= 2) wire(request.include_fenced_brokers);
  }
};

template <>
struct Fields<DescribeClusterResponse::Broker> {
  static constexpr void of(auto& wire, auto& broker) {
    wire(broker.id, broker.host, broker.port, broker.rack);
    if (wire.version() >= 2) wire(broker.is_fenced);
  }
};

template <>
struct Fields<DescribeClusterResponse> {
  static constexpr void of(auto& wire, auto& response) {
    wire(response.throttle_time, response.error, response.error_message);
    if (wire.version() >= 1) wire(response.endpoint_type);
    wire(response.cluster_id, response.controller, response.brokers,
         response.authorized_operations);
  }
};

template std::string encode(const DescribeClusterRequest&, std::int16_t);
template std::string encode(const DescribeClusterResponse&, std::int16_t);
template Result<DescribeClusterRequest> decode(std::string_view, std::int16_t);
template Result<DescribeClusterResponse> decode(std::string_view, std::int16_t);

}  // namespace kie::kafka::codec
