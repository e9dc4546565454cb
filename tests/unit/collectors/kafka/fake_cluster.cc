#include "tests/unit/collectors/kafka/fake_cluster.h"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace kie::kafka::test {
namespace {

constexpr const char* kMetadataTopic = "__cluster_metadata";

std::vector<BrokerId> ids(const std::vector<int>& numbers) {
  std::vector<BrokerId> result;
  result.reserve(numbers.size());
  for (const int number : numbers) result.emplace_back(number);
  return result;
}

const FakeCluster::Partition* find(const FakeCluster& cluster, std::string_view topic,
                                   PartitionId partition) {
  const auto found = cluster.topics.find(topic);
  const auto i = static_cast<std::size_t>(partition.value);
  if (found == cluster.topics.end() || i >= found->second.partitions.size()) return nullptr;
  return &found->second.partitions[i];
}

/// What a leader says where it does not answer for the partition.
int refusal(const FakeCluster& cluster, int broker, std::string_view topic, PartitionId partition,
            LeaderEpoch current) {
  const auto found = cluster.topics.find(topic);
  if (found != cluster.topics.end() && found->second.error != 0) return found->second.error;
  const auto* row = find(cluster, topic, partition);
  if (row == nullptr) return kUnknownTopicOrPartition;
  if (current.value >= 0 && current.value < row->epoch) return kFencedLeaderEpoch;
  if (current.value > row->epoch) return kUnknownLeaderEpoch;
  return row->leader == broker ? 0 : kNotLeaderOrFollower;
}

/// The answers of one broker.
class Answerer {
 public:
  Answerer(int id, FakeBroker& broker, const FakeCluster& cluster)
      : id_(id), broker_(broker), cluster_(broker.view ? *broker.view : cluster) {}

  /// What follows the correlation id; nullopt: it cannot read the request.
  std::optional<std::string> answer(const FakeRequest& request) {
    const auto hostile = broker_.answers.find(request.api);
    if (hostile != broker_.answers.end()) return hostile->second;
    if (const auto once = broker_.errors_once.extract(request.api)) {
      error_ = once.mapped();
    } else if (const auto always = broker_.errors.find(request.api);
               always != broker_.errors.end()) {
      error_ = always->second;
    }
    const auto range = broker_.versions.find(request.api);
    const bool is_known = range != broker_.versions.end() &&
                          request.version >= range->second.first &&
                          request.version <= range->second.second;
    if (request.api == codec::kApiVersions.key) return api_versions(is_known);
    if (!is_known) return std::nullopt;
    const auto say = [&](const auto& message) { return say_to(request, message); };
    if (request.api == codec::kMetadata.key) return say(codec::MetadataRequest{});
    if (request.api == codec::kDescribeCluster.key) return say(codec::DescribeClusterRequest{});
    if (request.api == codec::kListOffsets.key) return say(codec::ListOffsetsRequest{});
    if (request.api == codec::kDescribeConfigs.key) return say(codec::DescribeConfigsRequest{});
    if (request.api == codec::kDescribeQuorum.key) return say(codec::DescribeQuorumRequest{});
    if (request.api == codec::kOffsetForLeaderEpoch.key)
      return say(codec::OffsetForLeaderEpochRequest{});
    return std::nullopt;
  }

 private:
  template <class Message>
  std::optional<std::string> say_to(const FakeRequest& request, const Message&) {
    const auto asked = codec::decode<Message>(std::string_view{request.body}, request.version);
    if (!asked) return std::nullopt;
    const bool is_flexible = codec::is_flexible(Message::kApi, request.version);
    return std::string(is_flexible ? 1 : 0, '\0') + codec::encode(to(*asked), request.version);
  }

  std::int16_t error(int otherwise = 0) const {
    return static_cast<std::int16_t>(error_ != 0 ? error_ : otherwise);
  }

  /// librdkafka asks in a version that is not known here first, and then in the oldest.
  std::string api_versions(bool is_known) const {
    codec::ApiVersionsResponse response{.error = error(is_known ? 0 : kUnsupportedVersion)};
    for (const auto& [key, range] : broker_.versions)
      response.ranges.push_back({.key = static_cast<std::int16_t>(key),
                                 .oldest = static_cast<std::int16_t>(range.first),
                                 .newest = static_cast<std::int16_t>(range.second)});
    return codec::encode(response, 0);
  }

  codec::MetadataResponse::Topic metadata_of(std::string_view name) const {
    codec::MetadataResponse::Topic answer{.error = error(kUnknownTopicOrPartition), .name = name};
    const auto topic = cluster_.topics.find(name);
    if (topic == cluster_.topics.end()) return answer;
    answer.error = error(topic->second.error);
    if (answer.error != 0) return answer;
    answer.id = topic->second.id;
    for (const auto& row : topic->second.partitions)
      answer.partitions.push_back({.error = static_cast<std::int16_t>(row.error),
                                   .id = PartitionId{static_cast<int>(answer.partitions.size())},
                                   .leader = BrokerId{row.leader},
                                   .leader_epoch = LeaderEpoch{row.epoch},
                                   .replicas = ids(row.replicas),
                                   .isr = ids(row.isr)});
    return answer;
  }

  codec::MetadataResponse to(const codec::MetadataRequest& request) const {
    codec::MetadataResponse response{
        .cluster_id = cluster_.id, .controller = BrokerId{id_}, .error = error()};
    for (const auto& [id, broker] : cluster_.brokers)
      if (!broker.is_fenced)
        response.brokers.push_back(
            {.id = BrokerId{id}, .host = broker.host, .port = broker.port, .rack = broker.rack});
    if (request.allow_auto_topic_creation && request.topics && !request.topics->empty())
      ADD_FAILURE() << "Kafka would create " << request.topics->front().name.value_or("");
    if (!request.topics) {
      for (const auto& [name, topic] : cluster_.topics)
        if (topic.error == 0) response.topics.push_back(metadata_of(name));
    } else {
      for (const auto& topic : *request.topics)
        response.topics.push_back(metadata_of(topic.name.value_or("")));
    }
    return response;
  }

  codec::DescribeClusterResponse to(const codec::DescribeClusterRequest&) const {
    codec::DescribeClusterResponse response{
        .error = error(), .cluster_id = cluster_.id, .controller = BrokerId{id_}};
    for (const auto& [id, broker] : cluster_.brokers)
      if (!broker.is_fenced)
        response.brokers.push_back(
            {.id = BrokerId{id}, .host = broker.host, .port = broker.port, .rack = broker.rack});
    return response;
  }

  codec::ListOffsetsResponse to(const codec::ListOffsetsRequest& request) const {
    codec::ListOffsetsResponse response;
    for (const auto& topic : request.topics) {
      auto& answer = response.topics.emplace_back();
      answer.name = topic.name;
      for (const auto& asked : topic.partitions) {
        auto& said = answer.partitions.emplace_back();
        said.id = asked.id;
        said.error =
            error(refusal(cluster_, id_, topic.name, asked.id, asked.current_leader_epoch));
        if (said.error != 0) continue;
        const auto& row = *find(cluster_, topic.name, asked.id);
        const bool is_latest = asked.timestamp == codec::kLatest;
        said.offset = Offset{is_latest ? row.high_watermark : row.log_start};
        said.leader_epoch = LeaderEpoch{is_latest ? row.epoch : -1};
      }
    }
    return response;
  }

  codec::OffsetForLeaderEpochResponse to(const codec::OffsetForLeaderEpochRequest& request) const {
    codec::OffsetForLeaderEpochResponse response;
    for (const auto& topic : request.topics) {
      auto& answer = response.topics.emplace_back();
      answer.name = topic.name;
      for (const auto& asked : topic.partitions) {
        auto& said = answer.partitions.emplace_back();
        said.id = asked.id;
        said.error =
            error(refusal(cluster_, id_, topic.name, asked.id, asked.current_leader_epoch));
        if (said.error == 0) find_end(*find(cluster_, topic.name, asked.id), asked, said);
      }
    }
    return response;
  }

  static void find_end(const FakeCluster::Partition& row,
                       const codec::OffsetForLeaderEpochRequest::Partition& asked,
                       codec::OffsetForLeaderEpochResponse::Partition& said) {
    const int epoch = asked.leader_epoch.value;
    if (epoch == row.epoch) {
      said.leader_epoch = asked.leader_epoch;
      said.end = Offset{row.high_watermark};
      return;
    }
    const auto above = row.epoch_starts.upper_bound(epoch);
    if (above == row.epoch_starts.end()) return;  // -1 and -1: newer than all that is known
    said.leader_epoch = asked.leader_epoch;       // older than all that is known
    if (above != row.epoch_starts.begin()) said.leader_epoch = LeaderEpoch{std::prev(above)->first};
    said.end = Offset{above->second};
  }

  codec::DescribeConfigsResponse to(const codec::DescribeConfigsRequest& request) const {
    codec::DescribeConfigsResponse response;
    for (const auto& asked : request.resources) {
      auto& said = response.resources.emplace_back();
      said.type = asked.type;
      said.name = asked.name;
      const bool is_topic = asked.type == codec::ResourceType::kTopic;
      const auto topic = cluster_.topics.find(asked.name);
      int refused = 0;
      if (is_topic)
        refused = topic == cluster_.topics.end() ? kUnknownTopicOrPartition : topic->second.error;
      said.error = error(refused);
      const auto configs = cluster_.configs.find(asked.name);
      if (said.error != 0 || configs == cluster_.configs.end()) continue;
      for (const auto& [key, config] : configs->second)
        if (!asked.keys || std::ranges::find(*asked.keys, key) != asked.keys->end())
          said.configs.push_back({.name = key,
                                  .value = config.value
                                               ? std::optional<std::string_view>{*config.value}
                                               : std::nullopt,
                                  .is_read_only = config.is_read_only,
                                  .source = config.source});
    }
    return response;
  }

  codec::DescribeQuorumResponse to(const codec::DescribeQuorumRequest&) const {
    codec::DescribeQuorumResponse response{.error = error()};
    if (response.error != 0) return response;
    auto& partition = response.topics.emplace_back().partitions.emplace_back();
    response.topics.back().name = kMetadataTopic;
    partition.leader = BrokerId{cluster_.controller.value()};
    partition.leader_epoch = LeaderEpoch{cluster_.controller_epoch};
    partition.high_watermark = Offset{1000};
    partition.voters.push_back({.id = partition.leader, .log_end = Offset{1001}});
    for (const auto& [id, broker] : cluster_.brokers)
      partition.observers.push_back({.id = BrokerId{id}, .log_end = Offset{1000}});
    return response;
  }

  int id_;
  FakeBroker& broker_;
  const FakeCluster& cluster_;
  int error_ = 0;
};

}  // namespace

void FakeCluster::elect(const std::string& topic, std::size_t partition, int leader, int epoch) {
  auto& row = topics.at(topic).partitions.at(partition);
  row.leader = leader;
  row.epoch = epoch;
  row.epoch_starts[epoch] = row.high_watermark;
}

std::optional<std::string> answer(int id, FakeBroker& broker, const FakeCluster& cluster,
                                  const FakeRequest& request) {
  return Answerer{id, broker, cluster}.answer(request);
}

bool is_held_back(const FakeBroker& broker, const FakeCluster& cluster,
                  const FakeRequest& request) {
  const auto key = request.api;
  return key == codec::kDescribeQuorum.key && !(broker.view ? *broker.view : cluster).controller &&
         !broker.errors.contains(key) && !broker.errors_once.contains(key);
}

}  // namespace kie::kafka::test
