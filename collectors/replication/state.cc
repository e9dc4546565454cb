#include "collectors/replication/state.h"

#include "collectors/model/find_sorted.h"

#include <algorithm>

namespace kie::replication {
namespace {

/// `state`: const or not.
template <class State>
auto* find_in(State& state, const std::string& topic, PartitionId id) {
  auto* found = model::find_sorted(state.topics, topic, &TopicState::name);
  return found == nullptr ? nullptr
                          : model::find_sorted(found->partitions, id, &PartitionState::id);
}

}  // namespace

std::uint64_t shrinks_last_hour(const TopicHistory& history, Instant now) {
  std::map<PartitionId, std::uint64_t> counts;
  std::uint64_t most = 0;
  for (const auto& shrink : history.recent_shrinks)
    if (shrink.at > now - kHistory) most = std::max(most, ++counts[shrink.partition]);
  return most;
}

void forget_unless(ReplicationState& state,
                   const std::function<bool(const std::string& topic)>& wanted) {
  std::erase_if(state.topics, [&](const TopicState& topic) { return !wanted(topic.name); });
  std::erase_if(state.deleted, [&](const auto& entry) { return !wanted(entry.first); });
}

std::uint64_t count_leaders_without_epoch(const ReplicationState& state) {
  std::uint64_t count = 0;
  for (const auto& topic : state.topics)
    for (const auto& partition : topic.partitions)
      if (partition.elected && partition.committed && partition.leader_epoch) ++count;
  return count;
}

const TopicState* find_topic(const ReplicationState& state, const std::string& name) {
  return model::find_sorted(state.topics, name, &TopicState::name);
}

const PartitionState* find_partition(const TopicState& topic, PartitionId id) {
  return model::find_sorted(topic.partitions, id, &PartitionState::id);
}

const PartitionState* find_partition(const ReplicationState& state, const std::string& topic,
                                     PartitionId id) {
  return find_in(state, topic, id);
}

PartitionState* find_partition(ReplicationState& state, const std::string& topic, PartitionId id) {
  return find_in(state, topic, id);
}

}  // namespace kie::replication
