#include "collectors/kafka/codec/describe_quorum.h"

#include "collectors/kafka/codec/coding.h"

namespace kie::kafka::codec {

template <>
struct Fields<DescribeQuorumRequest::Partition> {
  static constexpr void of(auto& wire, auto& partition) { wire(partition.id); }
};

template <>
struct Fields<DescribeQuorumRequest::Topic> {
  static constexpr void of(auto& wire, auto& topic) { wire(topic.name, topic.partitions); }
};

template <>
struct Fields<DescribeQuorumRequest> {
  static constexpr void of(auto& wire, auto& request) { wire(request.topics); }
};

template <>
struct Fields<DescribeQuorumResponse::Replica> {
  static constexpr void of(auto& wire, auto& replica) {
    wire(replica.id);
    if (wire.version() >= 2) wire(replica.directory);
    wire(replica.log_end);
    if (wire.version() >= 1) wire(replica.last_fetch, replica.last_caught_up);
  }
};

template <>
struct Fields<DescribeQuorumResponse::Partition> {
  static constexpr void of(auto& wire, auto& partition) {
    wire(partition.id, partition.error);
    if (wire.version() >= 2) wire(partition.error_message);
    wire(partition.leader, partition.leader_epoch, partition.high_watermark, partition.voters,
         partition.observers);
  }
};

template <>
struct Fields<DescribeQuorumResponse::Topic> {
  static constexpr void of(auto& wire, auto& topic) { wire(topic.name, topic.partitions); }
};

template <>
struct Fields<DescribeQuorumResponse::Listener> {
  static constexpr void of(auto& wire, auto& listener) {
    wire(listener.name, listener.host, listener.port);
  }
};

template <>
struct Fields<DescribeQuorumResponse::Node> {
  static constexpr void of(auto& wire, auto& node) { wire(node.id, node.listeners); }
};

template <>
struct Fields<DescribeQuorumResponse> {
  static constexpr void of(auto& wire, auto& response) {
    wire(response.error);
    if (wire.version() >= 2) wire(response.error_message);
    wire(response.topics);
    if (wire.version() >= 2) wire(response.nodes);
  }
};

template std::string encode(const DescribeQuorumRequest&, std::int16_t);
template std::string encode(const DescribeQuorumResponse&, std::int16_t);
template Result<DescribeQuorumRequest> decode(std::string_view, std::int16_t);
template Result<DescribeQuorumResponse> decode(std::string_view, std::int16_t);

}  // namespace kie::kafka::codec
