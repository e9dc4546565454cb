#include "collectors/loss/advance.h"

#include "collectors/loss/assess.h"
#include "collectors/loss/make_event.h"
#include "collectors/loss/partitions.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <utility>

namespace kie::loss {
namespace {

using model::EpochAnswer;
using model::EpochEnd;
using model::EpochQuestion;
using model::LeaderEpochChange;

/// Counts the event in its topic. Nothing else changes these counters, so that they agree with the
/// journal.
void count_event(TopicLoss& topic, const LossEvent& event, Instant at,
                 std::chrono::system_clock::time_point wall) {
  switch (event.kind) {
    case LossEventKind::kLoss:
    case LossEventKind::kLossRevised: {
      const auto lost = static_cast<std::uint64_t>(event.end.value - event.first.value);
      (event.acks_all ? topic.lost : topic.lost_by_one) += lost;
      (event.acks_all ? topic.recent_lost : topic.recent_lost_by_one).push_back({at, lost});
      topic.last_loss = wall;
      return;
    }
    case LossEventKind::kUncleanElection:
      ++topic.unclean_elections;
      topic.recent_unclean.push_back({at, 1});
      return;
    case LossEventKind::kLossUnknown:
      topic.recent_unknown.push_back({at, 1});
      return;
  }
}

/// Adds an epoch that ended to the pending ones. If there are too many, gives up the oldest.
Assessments begin(TopicLoss& topic, const LeaderEpochChange& epoch_change) {
  auto& partition = find_or_add(topic, epoch_change.partition);
  Offset committed_end = epoch_change.committed;
  // The followers learn the high watermark late, and one of them may have led only for a moment.
  if (partition.inherited_end && partition.newest == epoch_change.old_epoch)
    committed_end = std::max(committed_end, *partition.inherited_end);
  partition.inherited_end.reset();
  partition.newest = epoch_change.new_epoch;
  partition.leader = epoch_change.leader;
  Pending pending{.epoch = epoch_change.old_epoch,
                  .after = epoch_change.new_epoch,
                  .committed_end = committed_end,
                  .acked = {},
                  .log_start = epoch_change.log_start,
                  .leader_before = epoch_change.leader_before,
                  .leader_after = {},
                  .last_isr = epoch_change.last_isr,
                  .from_outside = epoch_change.from_outside,
                  .from = epoch_change.from,
                  .to = epoch_change.to,
                  .is_late = false,
                  .election_counted = false};
  if (partition.present.epoch <= epoch_change.old_epoch) pending.acked = partition.present.acked;
  partition.present.acked = {};
  insert(partition, std::move(pending));
  if (partition.pending.size() <= kPendingKept) return {};
  auto event = unknown_event(epoch_change.topic, partition, partition.pending.front(),
                             UnknownReason::kNeverAnswered);
  partition.pending.erase(partition.pending.begin());
  return {.results = {AssessmentResult::kUnknown}, .events = {std::move(event)}};
}

/// Whether the answer is of the leader of the newest epoch, of the same topic, and has the ends
/// that an assessment needs. A deposed leader that just woke up answers, too, as if nothing had
/// happened.
bool is_valid(const TopicLoss& topic, const PartitionLoss& partition, const EpochAnswer& answer) {
  // Brokers before 2.8 have no ids.
  const bool has_id = topic.id && *topic.id != TopicId{};
  if (has_id && answer.topic_id != topic.id) return false;
  if (answer.by != partition.leader || answer.newest != partition.newest) return false;
  return std::ranges::equal(partition.pending, answer.ends, {}, &Pending::epoch, &EpochEnd::asked);
}

void prune(LossState& state, Instant at) {
  const auto old = [&](const auto& one) { return one.at <= at - kWindow; };
  for (auto& [name, topic] : state.topics) {
    for (auto* known : {&topic.recent_lost, &topic.recent_lost_by_one, &topic.recent_unclean,
                        &topic.recent_unknown})
      std::erase_if(*known, old);
    for (auto& partition : topic.partitions) std::erase_if(partition.assessed, old);
  }
  std::erase_if(state.topics, [&](const auto& entry) {
    const auto& gone_since = entry.second.gone_since;
    return gone_since && *gone_since <= at - kWindow;
  });
}

/// 0 is the most suspicious.
std::size_t suspicion(const PartitionLoss& partition) {
  if (std::ranges::any_of(partition.pending, &Pending::from_outside)) return 0;
  const bool alone = std::ranges::any_of(
      partition.pending, [](const Pending& one) { return one.last_isr.size() == 1; });
  return alone ? 1 : 2;
}

}  // namespace

std::vector<LossEvent> advance(LossState& state, const Input& input,
                               const model::Configs& settings) {
  std::vector<LossEvent> events;
  const auto take = [&](TopicLoss& topic, Assessments made) {
    for (const auto result : made.results) ++state.assessments.at(static_cast<std::size_t>(result));
    for (const auto& event : made.events) count_event(topic, event, input.at, input.wall);
    std::ranges::move(made.events, std::back_inserter(events));
  };
  for (const auto& epoch_change : input.epoch_changes) {
    auto& topic = topic_of(state, epoch_change.topic, epoch_change.topic_id);
    take(topic, begin(topic, epoch_change));
  }
  for (const auto& answer : input.answers) {
    const auto found = state.topics.find(answer.topic);
    if (found == state.topics.end()) continue;
    auto& [name, topic] = *found;
    auto* partition = find(topic, answer.partition);
    if (partition == nullptr || partition->pending.empty() || !answer.log_start ||
        !is_valid(topic, *partition, answer))
      continue;
    take(topic, assess(*partition, answer, *answer.log_start,
                       settings.of(name).unclean_leader_election, input.at));
  }
  prune(state, input.at);
  return events;
}

std::vector<EpochQuestion> questions(const LossState& state, const IsLeader& leads) {
  std::array<std::vector<EpochQuestion>, 3> by_suspicion;
  for (const auto& [name, topic] : state.topics)
    for (const auto& partition : topic.partitions) {
      if (partition.pending.empty() || !partition.leader ||
          !leads(name, partition.id, *partition.leader))
        continue;
      EpochQuestion question{name, partition.id, *partition.leader, partition.newest, {}};
      for (const auto& pending : partition.pending) question.epochs.push_back(pending.epoch);
      by_suspicion.at(suspicion(partition)).push_back(std::move(question));
    }
  std::vector<EpochQuestion> all;
  for (auto& some : by_suspicion) std::ranges::move(some, std::back_inserter(all));
  return all;
}

}  // namespace kie::loss
