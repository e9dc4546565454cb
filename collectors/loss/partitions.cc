#include "collectors/loss/partitions.h"

#include "collectors/model/find_sorted.h"

#include <algorithm>
#include <utility>

namespace kie::loss {

TopicLoss& topic_of(LossState& state, const std::string& name, const std::optional<TopicId>& id) {
  auto& topic = state.topics[name];
  topic.gone_since.reset();
  if (!id) return topic;
  // Zero: brokers before 2.8. A topic gets its id with their upgrade, and stays the same.
  constexpr TopicId kNone{};
  if (topic.id && *topic.id != kNone && *id != kNone && *topic.id != *id) topic.partitions.clear();
  if (!topic.id || *id != kNone) topic.id = id;
  return topic;
}

PartitionLoss& find_or_add(TopicLoss& topic, PartitionId id) {
  auto found = std::ranges::lower_bound(topic.partitions, id, {}, &PartitionLoss::id);
  if (found == topic.partitions.end() || found->id != id) {
    found = topic.partitions.emplace(found);
    found->id = id;
  }
  return *found;
}

PartitionLoss* find(TopicLoss& topic, PartitionId id) {
  return model::find_sorted(topic.partitions, id, &PartitionLoss::id);
}

void insert(PartitionLoss& partition, Pending pending) {
  auto& all = partition.pending;
  const auto after = pending.after;
  all.insert(std::ranges::lower_bound(all, pending.epoch, {}, &Pending::epoch), std::move(pending));
  Pending* last = nullptr;
  bool from_outside = false;
  for (auto& one : all) {
    if (one.after != after) continue;
    from_outside |= std::exchange(one.from_outside, false);
    last = &one;
  }
  last->from_outside = from_outside;
}

}  // namespace kie::loss
