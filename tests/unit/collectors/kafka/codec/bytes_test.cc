#include "tests/unit/collectors/kafka/codec/bytes.h"

#include "tests/unit/collectors/kafka/codec/samples.h"

#include <array>

// Small messages as Kafka writes them, by hand.
namespace kie::kafka::codec {
namespace {

using testing::HasSubstr;

/// Both directions.
template <class Message>
void expect_bytes(const Message& message, std::int16_t version, const std::string& written) {
  EXPECT_EQ(encode(message, version), written);
  const auto read = decode<Message>(written, version);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_TRUE(*read == message);
}

TEST(Bytes, ApiVersionsRequest) { expect_bytes(ApiVersionsRequest{}, 0, ""); }

TEST(Bytes, ApiVersionsResponse) {
  expect_bytes(ApiVersionsResponse{.ranges = {{3, 0, 13}, {18, 0, 4}}}, 0,
               bytes("0000 00000002 0003 0000 000d 0012 0000 0004"));
}

TEST(Bytes, ApiVersionsResponseToAnUnsupportedVersion) {
  expect_bytes(ApiVersionsResponse{.error = kUnsupportedVersion, .ranges = {{18, 0, 4}}}, 0,
               bytes("0023 00000001 0012 0000 0004"));
}

TEST(Bytes, MetadataRequestForAllTopics) {
  for (const auto version : std::to_array<std::int16_t>({11, 12, 13}))
    expect_bytes(MetadataRequest{}, version, bytes("00 00 00 00"));
}

TEST(Bytes, MetadataRequestForNoTopics) {
  expect_bytes(MetadataRequest{.topics = {{}}}, 12, bytes("01 00 00 00"));
}

TEST(Bytes, MetadataRequestByNameAndById) {
  expect_bytes(MetadataRequest{.topics = {{{{}, "ab"}, {TopicId{1, 2}, std::nullopt}}},
                               .allow_auto_topic_creation = true},
               12,
               bytes("03 00000000000000000000000000000000 03|ab| 00"
                     "   00000000000000010000000000000002 00 00  01 00 00"));
}

std::string metadata_response(std::string_view topics, std::string_view end) {
  return bytes("0000000a  02 00000001 05|host| 00002384 02|r| 00  03|id| ffffffff ") +
         bytes(topics) + bytes(end);
}

MetadataResponse metadata_response() {
  return {.throttle_time = 10,
          .brokers = {{BrokerId{1}, "host", 9092, "r"}},
          .cluster_id = "id",
          .topics = {{.error = 3,
                      .name = "t",
                      .id = {1, 2},
                      .is_internal = true,
                      .partitions = {{.error = 5,
                                      .id = PartitionId{1},
                                      .leader = BrokerId{-1},
                                      .leader_epoch = LeaderEpoch{7},
                                      .replicas = samples::brokers({1, 2}),
                                      .isr = samples::brokers({1}),
                                      .offline = samples::brokers({2})}}}}};
}

constexpr std::string_view kTopic =
    "02 0003 02|t| 00000000000000010000000000000002 01"
    "  02 0005 00000001 ffffffff 00000007 03 00000001 00000002 02 00000001 02 00000002 00"
    "  80000000 00 ";

TEST(Bytes, MetadataResponse) {
  auto message = metadata_response();
  expect_bytes(message, 11, metadata_response(kTopic, "00"));
  expect_bytes(message, 12, metadata_response(kTopic, "00"));
  message.error = kUnknownTopicOrPartition;
  expect_bytes(message, 13, metadata_response(kTopic, "0003 00"));
}

TEST(Bytes, MetadataResponseWithATopicWithoutName) {
  const std::string_view topic = "02 0064 00 00000000000000010000000000000002 00 01 80000000 00 ";
  auto message = metadata_response();
  message.topics = {{.error = 100, .name = std::nullopt, .id = {1, 2}}};
  expect_bytes(message, 12, metadata_response(topic, "00"));
  // Before, there was no name without text.
  const auto older = metadata_response(topic, "00");
  const auto read = decode<MetadataResponse>(older, 11);
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().text, HasSubstr("Metadata v11: has null where there must be a value"));
}

TEST(Bytes, DescribeClusterRequest) {
  expect_bytes(DescribeClusterRequest{}, 0, bytes("00 00"));
  expect_bytes(DescribeClusterRequest{}, 1, bytes("00 01 00"));
  expect_bytes(DescribeClusterRequest{true, EndpointType::kControllers, true}, 2,
               bytes("01 02 01 00"));
}

TEST(Bytes, DescribeClusterResponse) {
  DescribeClusterResponse message{.throttle_time = 1,
                                  .error = 2,
                                  .error_message = "e",
                                  .cluster_id = "id",
                                  .controller = BrokerId{3},
                                  .brokers = {{BrokerId{1}, "h", 9092, std::nullopt}}};
  expect_bytes(message, 0,
               bytes("00000001 0002 02|e| 03|id| 00000003 02 00000001 02|h| 00002384 00 00"
                     " 80000000 00"));
  expect_bytes(message, 1,
               bytes("00000001 0002 02|e| 01 03|id| 00000003 02 00000001 02|h| 00002384 00 00"
                     " 80000000 00"));
  message.brokers[0].is_fenced = true;
  expect_bytes(message, 2,
               bytes("00000001 0002 02|e| 01 03|id| 00000003 02 00000001 02|h| 00002384 00 01 00"
                     " 80000000 00"));
}

TEST(Bytes, ListOffsets) {
  for (const auto version : std::to_array<std::int16_t>({6, 7, 8})) {
    expect_bytes(
        ListOffsetsRequest{.topics = {{"t", {{PartitionId{1}, LeaderEpoch{7}, kEarliest}}}}},
        version, bytes("ffffffff 00 02 02|t| 02 00000001 00000007 fffffffffffffffe 00 00 00"));
    expect_bytes(
        ListOffsetsResponse{
            .throttle_time = 1,
            .topics = {{"t", {{PartitionId{1}, 74, -1, Offset{256}, LeaderEpoch{7}}}}}},
        version,
        bytes("00000001 02 02|t| 02 00000001 004a ffffffffffffffff 0000000000000100 00000007 00"
              " 00 00"));
  }
}

TEST(Bytes, OffsetForLeaderEpoch) {
  expect_bytes(
      OffsetForLeaderEpochRequest{
          .topics = {{"t", {{PartitionId{1}, LeaderEpoch{9}, LeaderEpoch{7}}}}}},
      4, bytes("ffffffff 02 02|t| 02 00000001 00000009 00000007 00 00 00"));
  expect_bytes(
      OffsetForLeaderEpochResponse{
          .throttle_time = 1,
          .topics = {{"t", {{0, PartitionId{1}, LeaderEpoch{6}, Offset{256}}}}}},
      4, bytes("00000001 02 02|t| 02 0000 00000001 00000006 0000000000000100 00 00 00"));
}

TEST(Bytes, TaggedFieldsOfEachStructureAreSkipped) {
  const auto written = bytes(
      "00000001 02 02|t| 02 0000 00000001 00000006 0000000000000100 01 00 02|xy| 01 09 00"
      " 02 00 01|x| 01 00");
  const auto read = decode<OffsetForLeaderEpochResponse>(written, 4);
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read->topics.at(0).partitions.at(0).end, Offset{256});
}

TEST(Bytes, DescribeConfigs) {
  expect_bytes(DescribeConfigsRequest{.resources = {{ResourceType::kTopic, "t", {{"k", "l"}}},
                                                    {ResourceType::kBroker, "1", std::nullopt}},
                                      .include_synonyms = true},
               4, bytes("03 02 02|t| 03 02|k| 02|l| 00  04 02|1| 00 00  01 00 00"));
  expect_bytes(
      DescribeConfigsResponse{
          .resources = {{.error = 0,
                         .error_message = std::nullopt,
                         .type = ResourceType::kBroker,
                         .name = "1",
                         .configs = {{.name = "k",
                                      .value = "v",
                                      .is_read_only = true,
                                      .source = WireConfigSource::kStaticBroker,
                                      .is_sensitive = false,
                                      .synonyms = {{"s", std::nullopt, WireConfigSource::kDefault}},
                                      .type = 2,
                                      .documentation = "d"}}}}},
      4,
      bytes("00000000 02 0000 00 04 02|1| 02 02|k| 02|v| 01 04 00 02 02|s| 00 05 00 02 02|d| 00"
            " 00 00"));
}

TEST(Bytes, DescribeQuorum) {
  for (const auto version : std::to_array<std::int16_t>({0, 1, 2}))
    expect_bytes(DescribeQuorumRequest{.topics = {{"t", {{PartitionId{1}}}}}}, version,
                 bytes("02 02|t| 02 00000001 00 00 00"));
  DescribeQuorumResponse message{
      .topics = {{"t",
                  {{.id = PartitionId{1},
                    .error = 6,
                    .leader = BrokerId{100},
                    .leader_epoch = LeaderEpoch{4},
                    .high_watermark = Offset{9},
                    .voters = {{.id = BrokerId{100}, .log_end = Offset{8}}},
                    .observers = {}}}}}};
  expect_bytes(message, 0,
               bytes("0000 02 02|t| 02 00000001 0006 00000064 00000004 0000000000000009"
                     " 02 00000064 0000000000000008 00 01 00 00 00"));
  auto& replica = message.topics[0].partitions[0].voters[0];
  replica.last_fetch = 1;
  replica.last_caught_up = 2;
  expect_bytes(message, 1,
               bytes("0000 02 02|t| 02 00000001 0006 00000064 00000004 0000000000000009"
                     " 02 00000064 0000000000000008 0000000000000001 0000000000000002 00"
                     " 01 00 00 00"));
  replica.directory = {3, 4};
  message.error_message = "e";
  message.topics[0].partitions[0].error_message = "f";
  message.nodes = {{BrokerId{100}, {{"n", "h", 65535}}}};
  expect_bytes(message, 2,
               bytes("0000 02|e| 02 02|t| 02 00000001 0006 02|f| 00000064 00000004"
                     " 0000000000000009 02 00000064 00000000000000030000000000000004"
                     " 0000000000000008 0000000000000001 0000000000000002 00 01 00 00"
                     " 02 00000064 02 02|n| 02|h| ffff 00 00 00"));
}

TEST(Bytes, CountsThatLie) {
  // As many topics as the bytes have at least, but nothing of their partitions is left then.
  const auto written = bytes("00000000 03 01 ffffffff0f 00 01 01 00 00");
  const auto read = decode<ListOffsetsResponse>(written, 7);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().text, "ListOffsets v7: counts more than can be in it (at byte 11 of 16)");
}

}  // namespace
}  // namespace kie::kafka::codec
