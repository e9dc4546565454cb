#include "collectors/kafka/reconcile.h"

#include "collectors/kafka/codec/error.h"
#include "collectors/model/find_sorted.h"

#include <algorithm>
#include <vector>

namespace kie::kafka {
namespace {

constexpr int kNoError = 0;

bool same(const model::PartitionSnapshot& a, const model::PartitionSnapshot& b) {
  return a.leadership == b.leadership && a.leader == b.leader && a.isr == b.isr &&
         a.replicas == b.replicas;
}

const model::PartitionSnapshot* row_of(const TopicView& view, PartitionId id) {
  return model::find_sorted(view.partitions, id, &model::PartitionSnapshot::id);
}

void take(model::PartitionSnapshot& row, const model::PartitionSnapshot& theirs) {
  if (!same(row, theirs)) {
    // Its offsets, if any, are from a broker that is not the leader.
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

void disbelieve(model::PartitionSnapshot& row) {
  row.leadership = model::Leadership::kUnknown;
  row.leader.reset();
}

void reconcile_row(model::PartitionSnapshot& row, Views others, bool alone) {
  if (row.leadership == model::Leadership::kUnknown) return;
  std::vector<const model::PartitionSnapshot*> rows;
  for (const auto* other : others)
    if (const auto* theirs = row_of(*other, row.id)) rows.push_back(theirs);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (same(row, *rows[i])) return take(row, *rows[i]);
    for (std::size_t j = i + 1; j < rows.size(); ++j)
      if (same(*rows[i], *rows[j])) return take(row, *rows[i]);
  }
  row.confirmed = alone;
  if (!rows.empty() && !alone) disbelieve(row);
}

struct ReconciledId {
  std::optional<TopicId> id;
  /// The brokers return different ids, and none has a majority.
  bool disputed = false;
};

/// `first`: the id as the broker has it that was asked first.
ReconciledId reconcile_id(const std::optional<TopicId>& first, Views others, bool alone,
                          const std::optional<TopicId>& known_id) {
  std::vector<TopicId> ids;
  if (first) ids.push_back(*first);
  for (const auto* other : others)
    if (other->id) ids.push_back(*other->id);
  if (ids.empty()) return {};
  for (const auto& id : ids)
    if (std::ranges::count(ids, id) > 1) return {id};
  const bool agreed = ids.size() == 1 && (!known_id || ids[0] == *known_id);
  if (agreed || alone) return {ids[0]};
  return {std::nullopt, true};
}

}  // namespace

void reconcile(model::TopicSnapshot& topic, Views others, bool alone,
               const std::optional<TopicId>& known_id) {
  const auto [id, disputed] = reconcile_id(topic.id, others, alone, known_id);
  topic.id = id;
  if (disputed) {
    // Its rows may belong to another topic.
    for (auto& row : topic.partitions) disbelieve(row);
    return;
  }
  std::vector<const TopicView*> of_this_topic;
  for (const auto* other : others)
    if (!other->id || other->id == id) of_this_topic.push_back(other);
  for (auto& row : topic.partitions) reconcile_row(row, of_this_topic, alone);
}

bool needs_second_opinion(const model::TopicSnapshot& topic, Views others) {
  if (others.empty()) return true;
  const TopicView& last = *others.back();
  if (topic.id && last.id && *last.id != *topic.id) return true;
  return std::ranges::any_of(topic.partitions, [&](const auto& row) {
    if (row.leadership == model::Leadership::kUnknown) return false;
    const auto* theirs = row_of(last, row.id);
    return theirs == nullptr || !same(row, *theirs);
  });
}

model::Presence reconcile_absent(Views others) {
  const auto count = [&](int error) {
    return std::count_if(others.begin(), others.end(),
                         [&](const auto* other) { return other->error == error; });
  };
  // Absence from Metadata and one broker's error 3 are two answers; a broker that has the topic
  // is one.
  if (count(kUnknownTopicOrPartition) > 0 && count(kUnknownTopicOrPartition) >= count(kNoError))
    return model::Presence::kDeleted;
  if (count(kTopicAuthorizationFailed) > 0) return model::Presence::kUnauthorized;
  return model::Presence::kUnknown;
}

bool absent_needs_second_opinion(Views others) {
  return others.empty() || (others.back()->error != kUnknownTopicOrPartition &&
                            others.back()->error != kTopicAuthorizationFailed);
}

}  // namespace kie::kafka
