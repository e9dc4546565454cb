#include "collectors/kafka/settle.h"

#include <algorithm>
#include <vector>

namespace kie::kafka {
namespace {

constexpr int kNoError = 0;
constexpr int kUnknownTopic = 3;
constexpr int kNotAuthorized = 29;

bool same(const model::PartitionSnapshot& a, const model::PartitionSnapshot& b) {
  return a.leadership == b.leadership &&
         (a.leadership != model::Leadership::kLeader || a.leader == b.leader) && a.isr == b.isr &&
         a.replicas == b.replicas;
}

const model::PartitionSnapshot* row_of(const TopicStatement& statement, PartitionId id) {
  const auto found =
      std::ranges::lower_bound(statement.partitions, id, {}, &model::PartitionSnapshot::id);
  return found != statement.partitions.end() && found->id == id ? &*found : nullptr;
}

void take(model::PartitionSnapshot& row, const model::PartitionSnapshot& theirs) {
  if (!same(row, theirs)) {
    // Its offsets, if any, were those of a leader that is not the leader.
    row.latest.reset();
    row.earliest.reset();
    row.leader_epoch.reset();
    row.leadership = theirs.leadership;
    row.leader = theirs.leader;
    row.replicas = theirs.replicas;
    row.isr = theirs.isr;
  }
  row.confirmed = true;
}

void settle_row(model::PartitionSnapshot& row, Statements others, bool alone) {
  // Error 72, which DescribeTopics cannot tell from "no leader": others cannot settle it.
  if (row.leadership == model::Leadership::kUnknown) return;
  std::vector<const model::PartitionSnapshot*> said;
  for (const auto* other : others)
    if (const auto* theirs = row_of(*other, row.id)) said.push_back(theirs);
  for (std::size_t i = 0; i < said.size(); ++i) {
    if (same(row, *said[i])) return take(row, *said[i]);
    for (std::size_t j = i + 1; j < said.size(); ++j)
      if (same(*said[i], *said[j])) return take(row, *said[i]);
  }
  row.confirmed = alone;
  if (!said.empty() && !alone) row.leadership = model::Leadership::kUnknown;
}

struct SettledId {
  std::optional<TopicId> id;
  /// The brokers speak of different topics, and none has a majority.
  bool disputed = false;
};

SettledId settle_id(Statements others, bool alone, const std::optional<TopicId>& known_id) {
  std::vector<TopicId> said;
  for (const auto* other : others)
    if (other->id) said.push_back(*other->id);
  if (said.empty()) return {};
  for (std::size_t i = 0; i < said.size(); ++i)
    if (std::count(said.begin(), said.end(), said[i]) > 1) return {said[i]};
  const bool agreed = said.size() == 1 && (!known_id || said[0] == *known_id);
  if (agreed || alone) return {said[0]};
  return {std::nullopt, true};
}

}  // namespace

void settle(model::TopicSnapshot& topic, Statements others, bool alone,
            const std::optional<TopicId>& known_id) {
  const auto [id, disputed] = settle_id(others, alone, known_id);
  topic.id = id;
  if (disputed) {
    // Its rows may be those of another topic.
    for (auto& row : topic.partitions) row.leadership = model::Leadership::kUnknown;
    return;
  }
  std::vector<const TopicStatement*> of_this_topic;
  for (const auto* other : others)
    if (!other->id || other->id == id) of_this_topic.push_back(other);
  for (auto& row : topic.partitions) settle_row(row, of_this_topic, alone);
}

bool needs_another(const model::TopicSnapshot& topic, Statements others,
                   const std::optional<TopicId>& known_id) {
  if (others.empty()) return true;
  const TopicStatement& last = *others.back();
  if (known_id && last.id && *last.id != *known_id) return true;
  return std::ranges::any_of(topic.partitions, [&](const auto& row) {
    if (row.leadership == model::Leadership::kUnknown) return false;
    const auto* theirs = row_of(last, row.id);
    return theirs == nullptr || !same(row, *theirs);
  });
}

model::Presence settle_absent(Statements others) {
  const auto count = [&](int error) {
    return std::count_if(others.begin(), others.end(),
                         [&](const auto* other) { return other->error == error; });
  };
  // Metadata's silence and one broker's error 3 are two voices; one that has it is only one.
  if (count(kUnknownTopic) > 0 && count(kUnknownTopic) >= count(kNoError))
    return model::Presence::kDeleted;
  if (count(kNotAuthorized) > 0) return model::Presence::kUnauthorized;
  return model::Presence::kUnknown;
}

bool absent_needs_another(Statements others) {
  return others.empty() ||
         (others.back()->error != kUnknownTopic && others.back()->error != kNotAuthorized);
}

}  // namespace kie::kafka
