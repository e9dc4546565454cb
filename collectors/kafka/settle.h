#pragma once

#include "collectors/kafka/statement.h"
#include "collectors/model/snapshot.h"

#include <optional>
#include <span>

/// What counts when several brokers were asked: a broker can answer with old news. Pure.
namespace kie::kafka {

using Statements = std::span<const TopicStatement* const>;

/// Settles the rows of a topic, as one broker had them, with what others said of it. A row that two
/// agree on is confirmed, and taken from them if the first was the odd one out. A row that is only
/// contradicted becomes unknown. One that nobody else spoke of stays unconfirmed, unless there is
/// nobody else to ask (`alone`).
/// An id other than `known_id` counts only if two brokers say it, or if there is nobody else; while
/// they dispute it, the rows are unknown, because they may be those of another topic.
void settle(model::TopicSnapshot& topic, Statements others, bool alone,
            const std::optional<TopicId>& known_id);

/// Whether one more broker should be asked: nobody else spoke, or somebody disagreed.
bool needs_another(const model::TopicSnapshot& topic, Statements others,
                   const std::optional<TopicId>& known_id);

/// What became of a topic that Metadata left out, from what brokers say when asked by name.
model::Presence settle_absent(Statements others);
bool absent_needs_another(Statements others);

}  // namespace kie::kafka
