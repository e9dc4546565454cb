#pragma once

#include "collectors/kafka/broker_view.h"
#include "collectors/model/snapshot.h"

#include <optional>
#include <span>

/// What counts when several brokers were asked: a broker can answer with old news. Pure.
namespace kie::kafka {

using Views = std::span<const TopicView* const>;

/// Reconciles the rows of a topic, as one broker had them, with what others said of it. A row that
/// two brokers agree on is confirmed, and taken from them if the first was the odd one out. A row
/// that is only contradicted becomes unknown. One of which no other broker spoke stays unconfirmed,
/// unless there is no other broker to ask (`alone`).
/// An id other than `known_id` counts only if two brokers name it, or if there is no other; while
/// they contradict each other, the rows are unknown, because they may be those of another topic.
void reconcile(model::TopicSnapshot& topic, Views others, bool alone,
               const std::optional<TopicId>& known_id);

/// Whether one more broker should be asked: no other has spoken, or the last one disagreed.
bool needs_second_opinion(const model::TopicSnapshot& topic, Views others);

/// What became of a topic that Metadata left out, from what brokers say when asked by name.
model::Presence reconcile_absent(Views others);
bool absent_needs_second_opinion(Views others);

}  // namespace kie::kafka
