#include "collectors/kafka/list_offsets.h"

#include "collectors/kafka/codec/list_offsets.h"
#include "collectors/kafka/rdkafka.h"
#include "collectors/model/find_sorted.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace kie::kafka {
namespace {

using codec::ListOffsetsRequest;
using codec::ListOffsetsResponse;

std::map<BrokerId, ListOffsetsRequest> requests_for(const model::ClusterSnapshot& snapshot,
                                                    std::int64_t timestamp) {
  std::map<BrokerId, ListOffsetsRequest> requests;
  for (const auto& topic : snapshot.topics)
    for (const auto& row : topic.partitions) {
      if (!row.leader) continue;
      auto& topics = requests[*row.leader].topics;
      if (topics.empty() || topics.back().name != topic.name) {
        topics.push_back({.name = topic.name});
        topics.back().partitions.reserve(topic.partitions.size());
      }
      topics.back().partitions.push_back({.id = row.id, .timestamp = timestamp});
    }
  return requests;
}

/// The brokers by address.
std::map<std::pair<std::string_view, std::int32_t>, std::vector<BrokerId>> by_address(
    const std::vector<model::BrokerSnapshot>& brokers) {
  std::map<std::pair<std::string_view, std::int32_t>, std::vector<BrokerId>> found;
  for (const auto& broker : brokers) found[{broker.host, broker.port}].push_back(broker.id);
  return found;
}

void take(const ListOffsetsResponse::Partition& answer, OffsetKind kind, bool has_own_address,
          model::PartitionSnapshot& row) {
  if (answer.error == kNotLeaderOrFollower && has_own_address) {
    row.leadership = model::Leadership::kUnknown;
    row.leader.reset();
    return;
  }
  if (answer.error != 0 || answer.offset.value < 0) return;
  if (kind == OffsetKind::kEarliest) {
    row.earliest = answer.offset;
    return;
  }
  row.latest = answer.offset;
  if (answer.leader_epoch.value >= 0) row.leader_epoch = answer.leader_epoch;
}

}  // namespace

void ask_offsets(RequestBatch& batch, const std::vector<model::BrokerSnapshot>& brokers,
                 model::ClusterSnapshot& snapshot, OffsetKind kind, std::optional<Error>& error) {
  const auto timestamp = kind == OffsetKind::kLatest ? codec::kLatest : codec::kEarliest;
  std::map<BrokerId, bool> has_own_address;
  for (const auto& [address, ids] : by_address(brokers))
    for (const auto id : ids) has_own_address[id] = ids.size() == 1;
  for (auto& [broker, request] : requests_for(snapshot, timestamp)) {
    const auto listed = has_own_address.find(broker);
    // The broker is not listed.
    if (listed == has_own_address.end()) continue;
    batch.send<ListOffsetsResponse>(
        snapshot.covers_all_topics ? Question::kListOffsets : Question::kSomeOffsets, broker,
        std::move(request),
        [&snapshot, &error, kind, own_address = listed->second, leader = broker](
            const Result<ListOffsetsResponse>& answer, BrokerId) {
          if (!answer) {
            if (!error) error = answer.error();
            return;
          }
          for (const auto& topic : answer->topics) {
            auto* known =
                model::find_sorted(snapshot.topics, topic.name, &model::TopicSnapshot::name);
            if (known == nullptr) continue;
            for (const auto& partition : topic.partitions) {
              auto* row = model::find_sorted(known->partitions, partition.id,
                                             &model::PartitionSnapshot::id);
              if (row == nullptr || row->leader != leader) continue;
              take(partition, kind, own_address, *row);
              if (partition.error != 0 && !error) error = error_of(partition.error);
            }
          }
        });
  }
}

OffsetsReport read_offsets(RequestBatch& batch, const std::vector<model::BrokerSnapshot>& brokers,
                           model::ClusterSnapshot& snapshot) {
  OffsetsReport report;
  // A leader that denies it is dropped from the row.
  std::vector<const model::PartitionSnapshot*> led;
  for (const auto& topic : snapshot.topics)
    for (const auto& row : topic.partitions)
      if (row.leader) led.push_back(&row);
  ask_offsets(batch, brokers, snapshot, OffsetKind::kLatest, report.error);
  ask_offsets(batch, brokers, snapshot, OffsetKind::kEarliest, report.error);
  report.silent = batch.await();
  report.missing = static_cast<std::size_t>(
      std::ranges::count_if(led, [](const auto* row) { return !row->latest || !row->earliest; }));
  return report;
}

}  // namespace kie::kafka
