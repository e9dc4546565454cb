#include "collectors/kafka/metadata.h"

#include "collectors/kafka/codec/metadata.h"
#include "collectors/kafka/rdkafka.h"

#include <algorithm>
#include <utility>

namespace kie::kafka {
namespace {

using codec::MetadataRequest;
using codec::MetadataResponse;

/// Sorts, and drops duplicates.
template <class T, class Key>
void sort_by(std::vector<T>& values, Key key) {
  if (!std::ranges::is_sorted(values, std::ranges::less_equal{}, key))
    std::ranges::sort(values, {}, key);
  const auto twice = std::ranges::unique(values, {}, key);
  values.erase(twice.begin(), twice.end());
}

/// Answers for more topics have a wait of their own.
constexpr std::size_t kFewTopics = 100;

model::PartitionSnapshot to_snapshot(MetadataResponse::Partition&& partition) {
  model::PartitionSnapshot row;
  row.id = partition.id;
  if (partition.leader.value >= 0) {
    row.leadership = model::Leadership::kLeader;
    row.leader = partition.leader;
  } else {
    row.leadership = partition.error == kListenerNotFound ? model::Leadership::kNoListener
                                                          : model::Leadership::kNone;
  }
  // Errors 5 and 9 come with good replicas and ISR: they describe the partition, not the answer.
  row.replicas = std::move(partition.replicas);
  row.isr = std::move(partition.isr);
  std::ranges::sort(row.isr);
  return row;
}

TopicView to_view(MetadataResponse::Topic&& topic) {
  TopicView view;
  view.name = topic.name.value_or("");
  view.error = topic.error;
  if (topic.error == 0) view.id = topic.id;
  view.partitions.reserve(topic.partitions.size());
  for (auto& partition : topic.partitions)
    view.partitions.push_back(to_snapshot(std::move(partition)));
  sort_by(view.partitions, &model::PartitionSnapshot::id);
  return view;
}

template <class Wanted>
BrokerView to_view(MetadataResponse&& answer, BrokerId by, const Wanted& is_wanted) {
  BrokerView view;
  view.by = by;
  if (answer.cluster_id) view.cluster_id = *answer.cluster_id;
  view.brokers.reserve(answer.brokers.size());
  for (const auto& broker : answer.brokers)
    view.brokers.push_back({.id = broker.id,
                            .host = std::string{broker.host},
                            .port = broker.port,
                            .rack = std::string{broker.rack.value_or("")}});
  sort_by(view.brokers, &model::BrokerSnapshot::id);
  view.topics.reserve(answer.topics.size());
  for (auto& topic : answer.topics)
    if (topic.name && is_wanted(*topic.name)) view.topics.push_back(to_view(std::move(topic)));
  sort_by(view.topics, &TopicView::name);
  return view;
}

Error too_many_brokers(BrokerId by, std::size_t count) {
  return {kBadMessage, "broker " + std::to_string(by.value) + " lists " + std::to_string(count) +
                           " brokers: more than any cluster has"};
}

template <class Wanted>
void ask(RequestBatch& batch, Question question, BrokerId broker, MetadataRequest request,
         Wanted is_wanted, ReceiveView receive) {
  batch.send<MetadataResponse>(
      question, broker, std::move(request),
      [is_wanted = std::move(is_wanted), receive = std::move(receive)](
          Result<MetadataResponse> answer, BrokerId by) {
        if (!answer) return receive(tl::unexpected{std::move(answer.error())});
        if (answer->error != 0) return receive(tl::unexpected{error_of(answer->error)});
        if (answer->brokers.size() > kMostBrokers)
          return receive(tl::unexpected{too_many_brokers(by, answer->brokers.size())});
        receive(to_view(std::move(*answer), by, is_wanted));
      });
}

}  // namespace

void ask_metadata(RequestBatch& batch, BrokerId broker, const config::TopicFilter& filter,
                  ReceiveView receive) {
  ask(
      batch, Question::kMetadata, broker, {},
      [&filter](std::string_view name) { return filter.matches(name); }, std::move(receive));
}

void ask_topics(RequestBatch& batch, BrokerId broker, const std::vector<std::string>& names,
                ReceiveView receive) {
  MetadataRequest request;
  auto& topics = request.topics.emplace();
  topics.reserve(names.size());
  for (const auto& name : names) topics.push_back({.name = name});
  ask(
      batch, names.size() > kFewTopics ? Question::kManyTopics : Question::kTopics, broker,
      std::move(request), [](std::string_view) { return true; }, std::move(receive));
}

void ask_brokers(RequestBatch& batch, BrokerId broker, ReceiveView receive) {
  MetadataRequest request;
  request.topics.emplace();
  ask(
      batch, Question::kTopics, broker, std::move(request), [](std::string_view) { return false; },
      std::move(receive));
}

}  // namespace kie::kafka
