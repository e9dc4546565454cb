#include "collectors/kafka/codec/metadata.h"

#include "collectors/kafka/codec/coding.h"

namespace kie::kafka::codec {

template <>
struct Fields<MetadataRequest::Topic> {
  static constexpr void of(auto& wire, auto& topic) { wire(topic.id, topic.name); }
};

template <>
struct Fields<MetadataRequest> {
  static constexpr void of(auto& wire, auto& request) {
    wire(request.topics, request.allow_auto_topic_creation,
         request.include_topic_authorized_operations);
  }
};

template <>
struct Fields<MetadataResponse::Broker> {
  static constexpr void of(auto& wire, auto& broker) {
    wire(broker.id, broker.host, broker.port, broker.rack);
  }
};

template <>
struct Fields<MetadataResponse::Partition> {
  static constexpr void of(auto& wire, auto& partition) {
    wire(partition.error, partition.id, partition.leader, partition.leader_epoch,
         partition.replicas, partition.isr, partition.offline);
  }
};

template <>
struct Fields<MetadataResponse::Topic> {
  static constexpr void of(auto& wire, auto& topic) {
    wire(topic.error);
    wire.nullable_since(12, topic.name);
    wire(topic.id, topic.is_internal, topic.partitions, topic.authorized_operations);
  }
};

template <>
struct Fields<MetadataResponse> {
  static constexpr void of(auto& wire, auto& response) {
    wire(response.throttle_time, response.brokers, response.cluster_id, response.controller,
         response.topics);
    if (wire.version() >= 13) wire(response.error);
  }
};

template std::string encode(const MetadataRequest&, std::int16_t);
template std::string encode(const MetadataResponse&, std::int16_t);
template Result<MetadataRequest> decode(std::string_view, std::int16_t);
template Result<MetadataResponse> decode(std::string_view, std::int16_t);

}  // namespace kie::kafka::codec
