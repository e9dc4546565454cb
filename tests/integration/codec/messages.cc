#include "collectors/kafka/codec/api_versions.h"
#include "collectors/kafka/codec/describe_cluster.h"
#include "collectors/kafka/codec/describe_configs.h"
#include "collectors/kafka/codec/describe_quorum.h"
#include "collectors/kafka/codec/list_offsets.h"
#include "collectors/kafka/codec/metadata.h"
#include "collectors/kafka/codec/offset_for_leader_epoch.h"

#include <nlohmann/json.hpp>

#include <concepts>
#include <iostream>
#include <sstream>
#include <string>

// Messages as the codec reads them. Without input lines it has nothing to say; with --kinds it
// writes NAME KEY OLDEST NEWEST FIRST_FLEXIBLE of each message. Each line of input is NAME VERSION
// HEX, each of output what the codec encodes of what it decoded, as hex, and that as JSON with
// Kafka's names, or "error" and the error.
namespace kie::kafka::codec {
namespace {

using nlohmann::json;

json value(std::integral auto number) { return number; }
json value(std::string_view text) { return std::string{text}; }

template <class T>
  requires std::is_enum_v<T>
json value(T enumerator) {
  return static_cast<int>(enumerator);
}

template <class Rep, class Tag>
json value(const Id<Rep, Tag>& id) {
  return id.value;
}

json value(const TopicId& id) { return {id.most_significant, id.least_significant}; }

// A T of these may itself be any of these.
template <class T>
json value(const std::optional<T>& optional);
template <class T>
json value(const std::vector<T>& values);

json value(const ApiVersionsResponse::Range& range) {
  return {{"apiKey", range.key}, {"minVersion", range.oldest}, {"maxVersion", range.newest}};
}

json value(const ApiVersionsRequest&) { return json::object(); }

json value(const ApiVersionsResponse& response) {
  return {{"errorCode", response.error}, {"apiKeys", value(response.ranges)}};
}

json value(const MetadataRequest::Topic& topic) {
  return {{"topicId", value(topic.id)}, {"name", value(topic.name)}};
}

json value(const MetadataRequest& request) {
  return {{"topics", value(request.topics)},
          {"allowAutoTopicCreation", request.allow_auto_topic_creation},
          {"includeTopicAuthorizedOperations", request.include_topic_authorized_operations}};
}

json value(const MetadataResponse::Broker& broker) {
  return {{"nodeId", value(broker.id)},
          {"host", value(broker.host)},
          {"port", broker.port},
          {"rack", value(broker.rack)}};
}

json value(const MetadataResponse::Partition& partition) {
  return {{"errorCode", partition.error},
          {"partitionIndex", value(partition.id)},
          {"leaderId", value(partition.leader)},
          {"leaderEpoch", value(partition.leader_epoch)},
          {"replicaNodes", value(partition.replicas)},
          {"isrNodes", value(partition.isr)},
          {"offlineReplicas", value(partition.offline)}};
}

json value(const MetadataResponse::Topic& topic) {
  return {{"errorCode", topic.error},
          {"name", value(topic.name)},
          {"topicId", value(topic.id)},
          {"isInternal", topic.is_internal},
          {"partitions", value(topic.partitions)},
          {"topicAuthorizedOperations", topic.authorized_operations}};
}

json value(const MetadataResponse& response) {
  return {{"throttleTimeMs", response.throttle_time}, {"brokers", value(response.brokers)},
          {"clusterId", value(response.cluster_id)},  {"controllerId", value(response.controller)},
          {"topics", value(response.topics)},         {"errorCode", response.error}};
}

json value(const DescribeClusterRequest& request) {
  return {{"includeClusterAuthorizedOperations", request.include_cluster_authorized_operations},
          {"endpointType", value(request.endpoint_type)},
          {"includeFencedBrokers", request.include_fenced_brokers}};
}

json value(const DescribeClusterResponse::Broker& broker) {
  return {{"brokerId", value(broker.id)},
          {"host", value(broker.host)},
          {"port", broker.port},
          {"rack", value(broker.rack)},
          {"isFenced", broker.is_fenced}};
}

json value(const DescribeClusterResponse& response) {
  return {{"throttleTimeMs", response.throttle_time},
          {"errorCode", response.error},
          {"errorMessage", value(response.error_message)},
          {"endpointType", value(response.endpoint_type)},
          {"clusterId", value(response.cluster_id)},
          {"controllerId", value(response.controller)},
          {"brokers", value(response.brokers)},
          {"clusterAuthorizedOperations", response.authorized_operations}};
}

json value(const ListOffsetsRequest::Partition& partition) {
  return {{"partitionIndex", value(partition.id)},
          {"currentLeaderEpoch", value(partition.current_leader_epoch)},
          {"timestamp", partition.timestamp}};
}

json value(const ListOffsetsRequest::Topic& topic) {
  return {{"name", value(topic.name)}, {"partitions", value(topic.partitions)}};
}

json value(const ListOffsetsRequest& request) {
  return {{"replicaId", value(request.replica)},
          {"isolationLevel", request.isolation_level},
          {"topics", value(request.topics)}};
}

json value(const ListOffsetsResponse::Partition& partition) {
  return {{"partitionIndex", value(partition.id)},
          {"errorCode", partition.error},
          {"timestamp", partition.timestamp},
          {"offset", value(partition.offset)},
          {"leaderEpoch", value(partition.leader_epoch)}};
}

json value(const ListOffsetsResponse::Topic& topic) {
  return {{"name", value(topic.name)}, {"partitions", value(topic.partitions)}};
}

json value(const ListOffsetsResponse& response) {
  return {{"throttleTimeMs", response.throttle_time}, {"topics", value(response.topics)}};
}

json value(const OffsetForLeaderEpochRequest::Partition& partition) {
  return {{"partition", value(partition.id)},
          {"currentLeaderEpoch", value(partition.current_leader_epoch)},
          {"leaderEpoch", value(partition.leader_epoch)}};
}

json value(const OffsetForLeaderEpochRequest::Topic& topic) {
  return {{"topic", value(topic.name)}, {"partitions", value(topic.partitions)}};
}

json value(const OffsetForLeaderEpochRequest& request) {
  return {{"replicaId", value(request.replica)}, {"topics", value(request.topics)}};
}

json value(const OffsetForLeaderEpochResponse::Partition& partition) {
  return {{"errorCode", partition.error},
          {"partition", value(partition.id)},
          {"leaderEpoch", value(partition.leader_epoch)},
          {"endOffset", value(partition.end)}};
}

json value(const OffsetForLeaderEpochResponse::Topic& topic) {
  return {{"topic", value(topic.name)}, {"partitions", value(topic.partitions)}};
}

json value(const OffsetForLeaderEpochResponse& response) {
  return {{"throttleTimeMs", response.throttle_time}, {"topics", value(response.topics)}};
}

json value(const DescribeConfigsRequest::Resource& resource) {
  return {{"resourceType", value(resource.type)},
          {"resourceName", value(resource.name)},
          {"configurationKeys", value(resource.keys)}};
}

json value(const DescribeConfigsRequest& request) {
  return {{"resources", value(request.resources)},
          {"includeSynonyms", request.include_synonyms},
          {"includeDocumentation", request.include_documentation}};
}

json value(const DescribeConfigsResponse::Synonym& synonym) {
  return {{"name", value(synonym.name)},
          {"value", value(synonym.value)},
          {"source", value(synonym.source)}};
}

json value(const DescribeConfigsResponse::Config& config) {
  return {{"name", value(config.name)},         {"value", value(config.value)},
          {"readOnly", config.is_read_only},    {"configSource", value(config.source)},
          {"isSensitive", config.is_sensitive}, {"synonyms", value(config.synonyms)},
          {"configType", config.type},          {"documentation", value(config.documentation)}};
}

json value(const DescribeConfigsResponse::Resource& resource) {
  return {{"errorCode", resource.error},
          {"errorMessage", value(resource.error_message)},
          {"resourceType", value(resource.type)},
          {"resourceName", value(resource.name)},
          {"configs", value(resource.configs)}};
}

json value(const DescribeConfigsResponse& response) {
  return {{"throttleTimeMs", response.throttle_time}, {"results", value(response.resources)}};
}

json value(const DescribeQuorumRequest::Partition& partition) {
  return {{"partitionIndex", value(partition.id)}};
}

json value(const DescribeQuorumRequest::Topic& topic) {
  return {{"topicName", value(topic.name)}, {"partitions", value(topic.partitions)}};
}

json value(const DescribeQuorumRequest& request) { return {{"topics", value(request.topics)}}; }

json value(const DescribeQuorumResponse::Replica& replica) {
  return {{"replicaId", value(replica.id)},
          {"replicaDirectoryId", value(replica.directory)},
          {"logEndOffset", value(replica.log_end)},
          {"lastFetchTimestamp", replica.last_fetch},
          {"lastCaughtUpTimestamp", replica.last_caught_up}};
}

json value(const DescribeQuorumResponse::Partition& partition) {
  return {{"partitionIndex", value(partition.id)},
          {"errorCode", partition.error},
          {"errorMessage", value(partition.error_message)},
          {"leaderId", value(partition.leader)},
          {"leaderEpoch", value(partition.leader_epoch)},
          {"highWatermark", value(partition.high_watermark)},
          {"currentVoters", value(partition.voters)},
          {"observers", value(partition.observers)}};
}

json value(const DescribeQuorumResponse::Topic& topic) {
  return {{"topicName", value(topic.name)}, {"partitions", value(topic.partitions)}};
}

json value(const DescribeQuorumResponse::Listener& listener) {
  return {{"name", value(listener.name)}, {"host", value(listener.host)}, {"port", listener.port}};
}

json value(const DescribeQuorumResponse::Node& node) {
  return {{"nodeId", value(node.id)}, {"listeners", value(node.listeners)}};
}

json value(const DescribeQuorumResponse& response) {
  return {{"errorCode", response.error},
          {"errorMessage", value(response.error_message)},
          {"topics", value(response.topics)},
          {"nodes", value(response.nodes)}};
}

template <class T>
json value(const std::optional<T>& optional) {
  return optional ? value(*optional) : json{};
}

template <class T>
json value(const std::vector<T>& values) {
  auto array = json::array();
  for (const auto& one : values) array.push_back(value(one));
  return array;
}

std::string from_hex(std::string_view hex) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<char>(digit(hex[i]) * 16 + digit(hex[i + 1])));
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kDigits[byte >> 4U]);
    hex.push_back(kDigits[byte & 0xFU]);
  }
  return hex;
}

/// Calls `use(message, name)` with an empty one of each kind.
template <class Use>
void for_each_kind(const Use& use) {
  const auto both = [&](const auto& request, const auto& response) {
    const std::string name{request.kApi.name};
    use(request, name + "Request");
    use(response, name + "Response");
  };
  both(ApiVersionsRequest{}, ApiVersionsResponse{});
  both(DescribeClusterRequest{}, DescribeClusterResponse{});
  both(DescribeConfigsRequest{}, DescribeConfigsResponse{});
  both(DescribeQuorumRequest{}, DescribeQuorumResponse{});
  both(ListOffsetsRequest{}, ListOffsetsResponse{});
  both(MetadataRequest{}, MetadataResponse{});
  both(OffsetForLeaderEpochRequest{}, OffsetForLeaderEpochResponse{});
}

void tell_kinds() {
  for_each_kind([]<class Message>(const Message&, const std::string& name) {
    const auto& api = Message::kApi;
    std::cout << name << ' ' << api.key << ' ' << api.oldest << ' ' << api.newest << ' '
              << api.first_flexible << '\n';
  });
}

void tell(const std::string& wanted, std::int16_t version, const std::string& bytes) {
  for_each_kind([&]<class Message>(const Message&, const std::string& name) {
    if (name != wanted) return;
    if (const auto message = decode<Message>(bytes, version)) {
      std::cout << to_hex(encode(*message, version)) << '\t' << value(*message) << '\n';
    } else {
      std::cout << "error\t" << message.error().text << '\n';
    }
  });
}

}  // namespace
}  // namespace kie::kafka::codec

int main(int argc, char** argv) {
  using namespace kie::kafka::codec;
  if (argc == 2 && std::string_view{argv[1]} == "--kinds") tell_kinds();
  for (std::string line; argc == 1 && std::getline(std::cin, line);) {
    std::istringstream words{line};
    std::string name;
    std::int16_t version = 0;
    std::string hex;
    words >> name >> version >> hex;
    tell(name, version, from_hex(hex));
  }
}
