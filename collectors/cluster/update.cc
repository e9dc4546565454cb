#include "collectors/cluster/update.h"

#include "collectors/loss/advance.h"
#include "collectors/quorum/advance.h"
#include "collectors/replication/advance.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace kie {

namespace {

/// A new leader's epoch may be heard before its name: then the leader before it is the one to be
/// asked, until this.
void follow_leaders(ClusterState& known) {
  for (auto& [name, topic] : known.loss.topics) {
    const replication::TopicState* seen = nullptr;
    for (auto& partition : topic.partitions) {
      if (partition.pending.empty()) continue;
      if (seen == nullptr) seen = replication::find_topic(known.replication, name);
      const auto* row = seen == nullptr ? nullptr : find_partition(*seen, partition.id);
      if (row != nullptr && row->leader && !row->elected && row->leader_epoch == partition.newest) {
        partition.leader = row->leader;
        for (auto& pending : partition.pending)
          if (pending.after == partition.newest && row->seen > pending.to)
            pending.leader_after = row->leader;
      }
    }
  }
}

loss::LeaderLookup led_by(const replication::ReplicationState& state) {
  return [&state](const std::string& name, PartitionId id) -> std::optional<loss::LeaderInfo> {
    const auto* topic = replication::find_topic(state, name);
    const auto* row = topic == nullptr ? nullptr : replication::find_partition(*topic, id);
    if (row == nullptr || !row->leader || row->elected || !row->leader_epoch || !row->latest ||
        !row->seen || !row->offsets_seen || !topic->since)
      return std::nullopt;
    return loss::LeaderInfo{.topic_id = topic->id,
                            .topic_since = *topic->since,
                            .epoch = *row->leader_epoch,
                            .leader = *row->leader,
                            .latest = *row->latest,
                            .seen = *row->seen,
                            .offsets_seen = *row->offsets_seen};
  };
}

}  // namespace

void apply_acknowledgements(ClusterState& known,
                            const std::vector<loss::Acknowledgement>& acknowledged) {
  if (acknowledged.empty()) return;
  const std::scoped_lock lock{known.mutex};
  loss::record_acknowledgements(known.loss, acknowledged, led_by(known.replication));
}

ClusterUpdate apply_snapshot(ClusterState& known, model::ClusterSnapshot snapshot,
                             std::chrono::system_clock::time_point wall) {
  using replication::ReplicationEventKind;
  ClusterUpdate step;
  if (!snapshot.covers_all_topics) {
    step.topics.emplace();
    for (const auto& topic : snapshot.topics) step.topics->push_back(topic.name);
  }
  loss::Input input{.epoch_changes = {}, .answers = {}, .at = snapshot.at, .wall = wall};
  const std::scoped_lock lock{known.mutex};
  const bool covers_all_topics = snapshot.covers_all_topics;
  auto changes = replication::advance(known.replication, std::move(snapshot));
  if (covers_all_topics)
    quorum::metadata_read(known.quorum, input.at,
                          std::ranges::all_of(known.replication.reach, [](const auto& entry) {
                            return entry.second.answers;
                          }));
  for (const auto& event : changes.events) {
    if (event.kind == ReplicationEventKind::kDeleted) loss::topic_deleted(known.loss, event.topic);
    if (event.kind == ReplicationEventKind::kRecreated)
      loss::topic_recreated(known.loss, event.topic);
  }
  step.replication = std::move(changes.events);
  input.epoch_changes = std::move(changes.epoch_changes);
  step.loss = loss::advance(known.loss, input, known.settings);
  for (auto& [name, topic] : known.loss.topics)
    if (topic.is_gone && replication::find_topic(known.replication, name) != nullptr)
      topic.is_gone = false;
  follow_leaders(known);
  const bool was_revised = loss::assign_to_epochs(known.loss, led_by(known.replication), input.at);
  step.has_questions = !input.epoch_changes.empty() || was_revised;
  return step;
}

ClusterUpdate apply_controller(ClusterState& known, const model::ControllerSnapshot& snapshot) {
  ClusterUpdate step;
  step.topics.emplace();
  const std::scoped_lock lock{known.mutex};
  step.quorum = quorum::advance(known.quorum, snapshot);
  return step;
}

ClusterUpdate apply_epoch_ends(ClusterState& known, std::vector<model::EpochAnswer> answers,
                               model::Instant at, std::chrono::system_clock::time_point wall) {
  ClusterUpdate step;
  step.topics.emplace();
  for (const auto& answer : answers) step.topics->push_back(answer.topic);
  std::ranges::sort(*step.topics);
  const auto rest = std::ranges::unique(*step.topics);
  step.topics->erase(rest.begin(), rest.end());
  const loss::Input input{
      .epoch_changes = {}, .answers = std::move(answers), .at = at, .wall = wall};
  const std::scoped_lock lock{known.mutex};
  step.loss = loss::advance(known.loss, input, known.settings);
  for (const auto& event : step.loss)
    if (event.kind == loss::LossEventKind::kLoss || event.kind == loss::LossEventKind::kLossRevised)
      replication::truncate_replica_offsets(known.replication, event.topic, event.partition,
                                            event.first);
  return step;
}

std::vector<model::EpochQuestion> open_questions(const ClusterState& known) {
  return loss::questions(
      known.loss, [&](const std::string& topic, PartitionId id, BrokerId leader) {
        const auto* of = replication::find_topic(known.replication, topic);
        const auto* partition = of == nullptr ? nullptr : replication::find_partition(*of, id);
        return partition != nullptr && partition->leader == leader;
      });
}

}  // namespace kie
