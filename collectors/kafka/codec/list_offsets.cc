#include "collectors/kafka/codec/list_offsets.h"

#include "collectors/kafka/codec/coding.h"

namespace kie::kafka::codec {

template <>
struct Fields<ListOffsetsRequest::Partition> {
  static constexpr void of(auto& wire, auto& partition) {
    wire(partition.id, partition.current_leader_epoch, partition.timestamp);
  }
};

template <>
struct Fields<ListOffsetsRequest::Topic> {
  static constexpr void of(auto& wire, auto& topic) { wire(topic.name, topic.partitions); }
};

template <>
struct Fields<ListOffsetsRequest> {
  static constexpr void of(auto& wire, auto& request) {
    wire(request.replica, request.isolation_level, request.topics);
  }
};

template <>
struct Fields<ListOffsetsResponse::Partition> {
  static constexpr void of(auto& wire, auto& partition) {
    wire(partition.id, partition.error, partition.timestamp, partition.offset,
         partition.leader_epoch);
  }
};

template <>
struct Fields<ListOffsetsResponse::Topic> {
  static constexpr void of(auto& wire, auto& topic) { wire(topic.name, topic.partitions); }
};

template <>
struct Fields<ListOffsetsResponse> {
  static constexpr void of(auto& wire, auto& response) {
    wire(response.throttle_time, response.topics);
  }
};

template std::string encode(const ListOffsetsRequest&, std::int16_t);
template std::string encode(const ListOffsetsResponse&, std::int16_t);
template Result<ListOffsetsRequest> decode(std::string_view, std::int16_t);
template Result<ListOffsetsResponse> decode(std::string_view, std::int16_t);

}  // namespace kie::kafka::codec
