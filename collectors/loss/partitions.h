#pragma once

#include "collectors/loss/state.h"

namespace kie::loss {

/// The topic's state for partitions of this id; those of another id are dropped.
TopicLoss& topic_of(LossState& state, const std::string& name, const std::optional<TopicId>& id);

/// The partition, made if there is none.
PartitionLoss& find_or_add(TopicLoss& topic, PartitionId id);

/// The partition, or nullptr.
PartitionLoss* find(TopicLoss& topic, PartitionId id);

/// Inserts an epoch in order. If several epochs ended with the same epoch change, only the last one
/// says whether a leader from outside the ISR was elected, so that no election is counted twice.
Pending& insert(PartitionLoss& partition, Pending pending);

}  // namespace kie::loss
