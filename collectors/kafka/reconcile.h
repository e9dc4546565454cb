#pragma once

#include "collectors/kafka/broker_view.h"
#include "collectors/model/snapshot.h"

#include <optional>
#include <span>

/// Reconciles the answers of several brokers, as one may be outdated. Pure.
namespace kie::kafka {

using Views = std::span<const TopicView* const>;

/// Reconciles the rows of a topic from one broker with those of others. A row on which two brokers
/// agree is confirmed; theirs is used if the first broker has another one. A row that is only
/// contradicted becomes unknown. One that no other broker returned stays unconfirmed, unless there
/// is no other broker to ask (`alone`).
/// An id other than `known_id` counts only if two brokers return it, or if there is no other
/// broker; while they contradict each other, the rows are unknown, as they may belong to another
/// topic.
void reconcile(model::TopicSnapshot& topic, Views others, bool alone,
               const std::optional<TopicId>& known_id);

/// Whether one more broker should be asked: no other has answered, or the last one disagreed.
bool needs_second_opinion(const model::TopicSnapshot& topic, Views others);

/// Determines the presence of a topic that is absent from Metadata, from answers by name.
model::Presence reconcile_absent(Views others);
bool absent_needs_second_opinion(Views others);

}  // namespace kie::kafka
