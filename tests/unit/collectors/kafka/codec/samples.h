#pragma once

#include "collectors/kafka/codec/api_versions.h"
#include "collectors/kafka/codec/describe_cluster.h"
#include "collectors/kafka/codec/describe_configs.h"
#include "collectors/kafka/codec/describe_quorum.h"
#include "collectors/kafka/codec/list_offsets.h"
#include "collectors/kafka/codec/metadata.h"
#include "collectors/kafka/codec/offset_for_leader_epoch.h"

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

/// A message of each kind in which every field differs from its default, and is different from the
/// others. They are of the newest version.
namespace kie::kafka::codec::samples {

inline constexpr TopicId kId{0x0123456789abcdef, -2};
inline constexpr std::int64_t kLarge = std::numeric_limits<std::int64_t>::max() - 1;

inline std::vector<BrokerId> brokers(const std::vector<std::int32_t>& ids) {
  return {ids.begin(), ids.end()};
}

inline ApiVersionsResponse api_versions_response() {
  return {.error = kUnsupportedVersion, .ranges = {{3, 0, 13}, {18, 0, 4}, {55, 1, 2}}};
}

inline MetadataRequest metadata_request() {
  return {.topics = {{{{}, "orders"}, {kId, "by-id"}}},
          .allow_auto_topic_creation = true,
          .include_topic_authorized_operations = true};
}

inline MetadataResponse metadata_response() {
  return {.throttle_time = 250,
          .brokers = {{BrokerId{1}, "one.example", 9092, "rack-a"},
                      {BrokerId{200000}, "two", 65535, std::nullopt}},
          .cluster_id = "vPeOCWypqUOSepEvx0cbog",
          .controller = BrokerId{200000},
          .topics = {{.error = 0,
                      .name = "orders",
                      .id = kId,
                      .is_internal = true,
                      .partitions = {{.error = 0,
                                      .id = PartitionId{0},
                                      .leader = BrokerId{1},
                                      .leader_epoch = LeaderEpoch{7},
                                      .replicas = brokers({1, 200000, 3}),
                                      .isr = brokers({1, 3}),
                                      .offline = brokers({200000})},
                                     {.error = 5, .id = PartitionId{1}, .replicas = brokers({3})}},
                      .authorized_operations = 3},
                     {.error = 29, .name = "", .id = {}}},
          .error = kUnknownTopicOrPartition};
}

inline DescribeClusterRequest describe_cluster_request() {
  return {true, EndpointType::kControllers, true};
}

inline DescribeClusterResponse describe_cluster_response() {
  return {.throttle_time = 1,
          .error = kNotController,
          .error_message = "not here",
          .endpoint_type = EndpointType::kControllers,
          .cluster_id = "vPeOCWypqUOSepEvx0cbog",
          .controller = BrokerId{3},
          .brokers = {{BrokerId{1}, "one", 9092, "rack-a", true},
                      {BrokerId{2}, "two", 9093, std::nullopt, false}},
          .authorized_operations = 256};
}

inline ListOffsetsRequest list_offsets_request() {
  return {.replica = BrokerId{-1},
          .isolation_level = 1,
          .topics = {{"orders",
                      {{PartitionId{0}, LeaderEpoch{7}, kLatest},
                       {PartitionId{5}, LeaderEpoch{-1}, kEarliest}}},
                     {"payments", {{PartitionId{1}, LeaderEpoch{2}, 1'700'000'000'000}}}}};
}

inline ListOffsetsResponse list_offsets_response() {
  return {.throttle_time = 2,
          .topics = {{"orders",
                      {{PartitionId{0}, 0, 1'700'000'000'000, Offset{kLarge}, LeaderEpoch{7}},
                       {PartitionId{5}, kFencedLeaderEpoch, -1, Offset{-1}, LeaderEpoch{-1}}}},
                     {"payments", {}}}};
}

inline OffsetForLeaderEpochRequest offset_for_leader_epoch_request() {
  return {.replica = BrokerId{-1},
          .topics = {{"orders",
                      {{PartitionId{0}, LeaderEpoch{9}, LeaderEpoch{7}},
                       {PartitionId{5}, LeaderEpoch{-1}, LeaderEpoch{0}}}}}};
}

inline OffsetForLeaderEpochResponse offset_for_leader_epoch_response() {
  return {.throttle_time = 3,
          .topics = {{"orders",
                      {{0, PartitionId{0}, LeaderEpoch{6}, Offset{kLarge}},
                       {kUnknownLeaderEpoch, PartitionId{5}, LeaderEpoch{-1}, Offset{-1}}}}}};
}

inline DescribeConfigsRequest describe_configs_request() {
  return {.resources = {{ResourceType::kTopic, "orders", {{"retention.ms", ""}}},
                        {ResourceType::kBroker, "1", std::nullopt}},
          .include_synonyms = true,
          .include_documentation = true};
}

inline DescribeConfigsResponse describe_configs_response() {
  return {.throttle_time = 4,
          .resources = {{.error = 0,
                         .error_message = "",
                         .type = ResourceType::kBroker,
                         .name = "1",
                         .configs = {{.name = "min.insync.replicas",
                                      .value = "2",
                                      .is_read_only = true,
                                      .source = WireConfigSource::kStaticBroker,
                                      .is_sensitive = true,
                                      .synonyms = {{"a", "1", WireConfigSource::kDefault},
                                                   {"b", std::nullopt, WireConfigSource::kBroker}},
                                      .type = 3,
                                      .documentation = "how many"},
                                     {.name = "password"}}},
                        {.error = 29, .error_message = "no grant", .name = "payments"}}};
}

inline DescribeQuorumRequest describe_quorum_request() {
  return {.topics = {{"__cluster_metadata", {{PartitionId{0}}, {PartitionId{1}}}}}};
}

inline DescribeQuorumResponse describe_quorum_response() {
  return {.error = kRequestTimedOut,
          .error_message = "late",
          .topics = {{"__cluster_metadata",
                      {{.id = PartitionId{1},
                        .error = kNotLeaderOrFollower,
                        .error_message = "elsewhere",
                        .leader = BrokerId{100},
                        .leader_epoch = LeaderEpoch{4},
                        .high_watermark = Offset{kLarge},
                        .voters = {{BrokerId{100}, kId, Offset{12}, 1'700'000'000'000,
                                    1'700'000'000'001}},
                        .observers = {{BrokerId{1}, {}, Offset{11}, -1, -1},
                                      {BrokerId{2}, kId, Offset{10}, 5, 6}}}}}},
          .nodes = {{BrokerId{100}, {{"CONTROLLER", "c.example", 65535}, {"OTHER", "", 1}}}}};
}

/// Calls `use(message)` with one of each.
template <class Use>
void for_each(const Use& use) {
  use(ApiVersionsRequest{});
  use(api_versions_response());
  use(metadata_request());
  use(metadata_response());
  use(describe_cluster_request());
  use(describe_cluster_response());
  use(list_offsets_request());
  use(list_offsets_response());
  use(offset_for_leader_epoch_request());
  use(offset_for_leader_epoch_response());
  use(describe_configs_request());
  use(describe_configs_response());
  use(describe_quorum_request());
  use(describe_quorum_response());
}

}  // namespace kie::kafka::codec::samples
