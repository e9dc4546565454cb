#include "collectors/replication/state.h"

#include <algorithm>

namespace kie::replication {

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
  const auto found = std::ranges::lower_bound(state.topics, name, {}, &TopicState::name);
  return found != state.topics.end() && found->name == name ? &*found : nullptr;
}

const PartitionState* find_partition(const TopicState& topic, PartitionId id) {
  const auto found = std::ranges::lower_bound(topic.partitions, id, {}, &PartitionState::id);
  return found != topic.partitions.end() && found->id == id ? &*found : nullptr;
}

PartitionState* find_partition(ReplicationState& state, const std::string& topic, PartitionId id) {
  const auto known = std::ranges::lower_bound(state.topics, topic, {}, &TopicState::name);
  if (known == state.topics.end() || known->name != topic) return nullptr;
  const auto found = std::ranges::lower_bound(known->partitions, id, {}, &PartitionState::id);
  return found != known->partitions.end() && found->id == id ? &*found : nullptr;
}

}  // namespace kie::replication
