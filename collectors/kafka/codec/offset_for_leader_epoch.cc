#include "collectors/kafka/codec/offset_for_leader_epoch.h"

#include "collectors/kafka/codec/coding.h"

namespace kie::kafka::codec {

template <>
struct Fields<OffsetForLeaderEpochRequest::Partition> {
  static constexpr void of(auto& wire, auto& partition) {
    wire(partition.id, partition.current_leader_epoch, partition.leader_epoch);
  }
};

template <>
struct Fields<OffsetForLeaderEpochRequest::Topic> {
  static constexpr void of(auto& wire, auto& topic) { wire(topic.name, topic.partitions); }
};

template <>
struct Fields<OffsetForLeaderEpochRequest> {
  static constexpr void of(auto& wire, auto& request) { wire(request.replica, request.topics); }
};

template <>
struct Fields<OffsetForLeaderEpochResponse::Partition> {
  static constexpr void of(auto& wire, auto& partition) {
    wire(partition.error, partition.id, partition.leader_epoch, partition.end);
  }
};

template <>
struct Fields<OffsetForLeaderEpochResponse::Topic> {
  static constexpr void of(auto& wire, auto& topic) { wire(topic.name, topic.partitions); }
};

template <>
struct Fields<OffsetForLeaderEpochResponse> {
  static constexpr void of(auto& wire, auto& response) {
    wire(response.throttle_time, response.topics);
  }
};

template std::string encode(const OffsetForLeaderEpochRequest&, std::int16_t);
template std::string encode(const OffsetForLeaderEpochResponse&, std::int16_t);
template Result<OffsetForLeaderEpochRequest> decode(std::string_view, std::int16_t);
template Result<OffsetForLeaderEpochResponse> decode(std::string_view, std::int16_t);

}  // namespace kie::kafka::codec
