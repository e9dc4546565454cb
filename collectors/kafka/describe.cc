#include "collectors/kafka/describe.h"

#include "collectors/kafka/event.h"

#include <algorithm>
#include <span>

namespace kie::kafka {
namespace {

std::vector<BrokerId> ids(const rd_kafka_Node_t** nodes, std::size_t count) {
  std::vector<BrokerId> result;
  result.reserve(count);
  for (const auto* node : std::span{nodes, count}) result.emplace_back(rd_kafka_Node_id(node));
  return result;
}

model::PartitionSnapshot read(const rd_kafka_TopicPartitionInfo_t* info) {
  model::PartitionSnapshot row;
  row.id = PartitionId{rd_kafka_TopicPartitionInfo_partition(info)};
  const auto* leader = rd_kafka_TopicPartitionInfo_leader(info);
  row.leadership = model::Leadership::kNone;
  if (leader != nullptr && rd_kafka_Node_id(leader) >= 0) {
    row.leadership = model::Leadership::kLeader;
    row.leader = BrokerId{rd_kafka_Node_id(leader)};
  }
  std::size_t count = 0;
  const auto** nodes = rd_kafka_TopicPartitionInfo_replicas(info, &count);
  row.replicas = ids(nodes, count);
  nodes = rd_kafka_TopicPartitionInfo_isr(info, &count);
  row.isr = ids(nodes, count);
  std::ranges::sort(row.isr);
  return row;
}

TopicStatement read(const rd_kafka_TopicDescription_t* description) {
  TopicStatement topic;
  topic.name = rd_kafka_TopicDescription_name(description);
  topic.error = static_cast<int>(rd_kafka_error_code(rd_kafka_TopicDescription_error(description)));
  if (topic.error != 0) return topic;
  const auto* id = rd_kafka_TopicDescription_topic_id(description);
  topic.id =
      TopicId{rd_kafka_Uuid_most_significant_bits(id), rd_kafka_Uuid_least_significant_bits(id)};
  std::size_t count = 0;
  const auto** partitions = rd_kafka_TopicDescription_partitions(description, &count);
  topic.partitions.reserve(count);
  for (const auto* partition : std::span{partitions, count})
    topic.partitions.push_back(read(partition));
  std::ranges::sort(topic.partitions, {}, &model::PartitionSnapshot::id);
  return topic;
}

Result<std::vector<TopicStatement>> read_topics(rd_kafka_event_t* event) {
  if (auto ok = check_event(event); !ok) return tl::make_unexpected(ok.error());
  std::size_t count = 0;
  const auto** topics =
      rd_kafka_DescribeTopics_result_topics(rd_kafka_event_DescribeTopics_result(event), &count);
  std::vector<TopicStatement> statements;
  statements.reserve(count);
  for (const auto* topic : std::span{topics, count}) {
    // A gap is where a broker left out what it was asked for; none of Kafka's does.
    if (topic != nullptr) statements.push_back(read(topic));
  }
  return statements;
}

Result<std::vector<model::BrokerSnapshot>> read_cluster(rd_kafka_event_t* event) {
  if (auto ok = check_event(event); !ok) return tl::make_unexpected(ok.error());
  std::size_t count = 0;
  const auto** nodes =
      rd_kafka_DescribeCluster_result_nodes(rd_kafka_event_DescribeCluster_result(event), &count);
  std::vector<model::BrokerSnapshot> brokers;
  for (const auto* node : std::span{nodes, count}) {
    const char* rack = rd_kafka_Node_rack(node);
    brokers.push_back({BrokerId{rd_kafka_Node_id(node)}, rd_kafka_Node_host(node),
                       rd_kafka_Node_port(node), rack == nullptr ? "" : rack});
  }
  std::ranges::sort(brokers, {}, &model::BrokerSnapshot::id);
  return brokers;
}

}  // namespace

void ask_topics(Round& round, BrokerId broker, const std::vector<std::string>& names,
                const std::function<void(Result<std::vector<TopicStatement>>)>& receive) {
  for (std::size_t first = 0; first < names.size(); first += kTopicsAtOnce) {
    const auto chunk =
        std::span{names}.subspan(first, std::min(kTopicsAtOnce, names.size() - first));
    round.ask(
        Question::kDescribeTopics, RD_KAFKA_ADMIN_OP_DESCRIBETOPICS, broker,
        [&](rd_kafka_t* handle, const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
          std::vector<const char*> pointers;
          pointers.reserve(chunk.size());
          for (const auto& name : chunk) pointers.push_back(name.c_str());
          const TopicCollectionPtr topics{
              rd_kafka_TopicCollection_of_topic_names(pointers.data(), pointers.size())};
          rd_kafka_DescribeTopics(handle, topics.get(), options, queue);
        },
        [receive](rd_kafka_event_t* event) { receive(read_topics(event)); });
  }
}

void ask_cluster(Round& round, BrokerId broker,
                 std::function<void(Result<std::vector<model::BrokerSnapshot>>)> receive) {
  round.ask(
      Question::kDescribeCluster, RD_KAFKA_ADMIN_OP_DESCRIBECLUSTER, broker,
      [](rd_kafka_t* handle, const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        rd_kafka_DescribeCluster(handle, options, queue);
      },
      [receive = std::move(receive)](rd_kafka_event_t* event) { receive(read_cluster(event)); });
}

}  // namespace kie::kafka
