#include "collectors/kafka/metadata.h"

#include "collectors/kafka/error.h"
#include "collectors/kafka/rdkafka.h"

#include <algorithm>
#include <span>

namespace kie::kafka {
namespace {

std::vector<BrokerId> ids(const std::int32_t* first, int count) {
  std::vector<BrokerId> result;
  result.reserve(static_cast<std::size_t>(count));
  for (const auto id : std::span{first, static_cast<std::size_t>(count)}) result.emplace_back(id);
  return result;
}

model::PartitionSnapshot read(const rd_kafka_metadata_partition& partition) {
  model::PartitionSnapshot row;
  row.id = PartitionId{partition.id};
  // With error 72 the leader exists, but has no listener of our name: unknown, not offline.
  if (partition.leader >= 0) {
    row.leadership = model::Leadership::kLeader;
    row.leader = BrokerId{partition.leader};
  } else if (static_cast<int>(partition.err) != kListenerNotFound) {
    row.leadership = model::Leadership::kNone;
  }
  // Errors 5 and 9 come with good replicas and ISR: they describe the partition, not the answer.
  row.replicas = ids(partition.replicas, partition.replica_cnt);
  row.isr = ids(partition.isrs, partition.isr_cnt);
  std::ranges::sort(row.isr);
  return row;
}

TopicStatement read(const rd_kafka_metadata_topic& topic) {
  TopicStatement statement;
  statement.name = topic.topic;
  statement.error = static_cast<int>(topic.err);
  statement.partitions.reserve(static_cast<std::size_t>(topic.partition_cnt));
  for (const auto& partition :
       std::span{topic.partitions, static_cast<std::size_t>(topic.partition_cnt)})
    statement.partitions.push_back(read(partition));
  std::ranges::sort(statement.partitions, {}, &model::PartitionSnapshot::id);
  return statement;
}

}  // namespace

Result<ClusterStatement> ask_metadata(const Client& client, const config::TopicFilter& filter,
                                      std::chrono::milliseconds wait) {
  const struct rd_kafka_metadata* raw = nullptr;
  const auto error = rd_kafka_metadata(client.handle(), /*all_topics=*/1, nullptr, &raw,
                                       static_cast<int>(wait.count()));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return tl::make_unexpected(make_error(error));
  const MetadataPtr metadata{raw};

  ClusterStatement statement;
  if (metadata->orig_broker_id >= 0) statement.by = BrokerId{metadata->orig_broker_id};
  for (const auto& broker :
       std::span{metadata->brokers, static_cast<std::size_t>(metadata->broker_cnt)})
    statement.brokers.push_back({BrokerId{broker.id}, broker.host, broker.port, {}});
  for (const auto& topic :
       std::span{metadata->topics, static_cast<std::size_t>(metadata->topic_cnt)})
    if (filter.matches(topic.topic)) statement.topics.push_back(read(topic));
  std::ranges::sort(statement.brokers, {}, &model::BrokerSnapshot::id);
  std::ranges::sort(statement.topics, {}, &TopicStatement::name);
  return statement;
}

}  // namespace kie::kafka
