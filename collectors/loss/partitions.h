#pragma once

#include "collectors/loss/state.h"

namespace kie::loss {

/// The topic's state for partitions of this id; those of another id are dropped.
TopicLoss& topic_of(LossState& state, const std::string& name, const std::optional<TopicId>& id);

/// The partition, made if there is none.
PartitionLoss& find_or_add(TopicLoss& topic, PartitionId id);

/// The partition, or nullptr.
PartitionLoss* find(TopicLoss& topic, PartitionId id);

/// Inserts an epoch in order. If several ended with the same epoch change, only the last of them
/// says whether the leader came from outside the ISR, so that no election is counted twice.
void insert(PartitionLoss& partition, Pending pending);

}  // namespace kie::loss
