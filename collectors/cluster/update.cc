#include "collectors/cluster/update.h"

#include "collectors/loss/advance.h"
#include "collectors/quorum/advance.h"
#include "collectors/replication/advance.h"

#include <algorithm>
#include <mutex>
#include <utility>

namespace kie {
namespace {

loss::ConfirmedLeaderLookup confirmed_leaders(const replication::ReplicationState& state) {
  return
      [&state](const std::string& topic, PartitionId id) -> std::optional<loss::ConfirmedLeader> {
        const auto* row = replication::find_partition(state, topic, id);
        if (row == nullptr || !row->leader || row->elected || !row->leader_epoch || !row->seen)
          return std::nullopt;
        return loss::ConfirmedLeader{
            .id = *row->leader, .epoch = *row->leader_epoch, .seen = *row->seen};
      };
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
  ClusterUpdate update;
  if (!snapshot.covers_all_topics) {
    update.topics.emplace();
    for (const auto& topic : snapshot.topics) update.topics->push_back(topic.name);
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
    if (event.kind == ReplicationEventKind::kDeleted)
      loss::topic_deleted(known.loss, event.topic, event.to);
    if (event.kind == ReplicationEventKind::kRecreated)
      loss::topic_recreated(known.loss, event.topic);
  }
  update.replication = std::move(changes.events);
  input.epoch_changes = std::move(changes.epoch_changes);
  update.loss = loss::advance(known.loss, input, known.settings);
  loss::keep_existing(known.loss, [&](const std::string& topic) {
    return replication::find_topic(known.replication, topic) != nullptr;
  });
  loss::update_leaders(known.loss, confirmed_leaders(known.replication));
  const bool was_revised = loss::assign_to_epochs(known.loss, led_by(known.replication), input.at);
  update.has_questions = !input.epoch_changes.empty() || was_revised;
  return update;
}

ClusterUpdate apply_controller(ClusterState& known, const model::ControllerSnapshot& snapshot) {
  ClusterUpdate update;
  update.topics.emplace();
  const std::scoped_lock lock{known.mutex};
  update.quorum = quorum::advance(known.quorum, snapshot);
  return update;
}

ClusterUpdate apply_epoch_ends(ClusterState& known, std::vector<model::EpochAnswer> answers,
                               model::Instant at, std::chrono::system_clock::time_point wall) {
  ClusterUpdate update;
  update.topics.emplace();
  for (const auto& answer : answers) update.topics->push_back(answer.topic);
  std::ranges::sort(*update.topics);
  const auto rest = std::ranges::unique(*update.topics);
  update.topics->erase(rest.begin(), rest.end());
  const loss::Input input{
      .epoch_changes = {}, .answers = std::move(answers), .at = at, .wall = wall};
  const std::scoped_lock lock{known.mutex};
  update.loss = loss::advance(known.loss, input, known.settings);
  for (const auto& event : update.loss)
    if (event.kind == loss::LossEventKind::kLoss || event.kind == loss::LossEventKind::kLossRevised)
      replication::truncate_replica_offsets(known.replication, event.topic, event.partition,
                                            event.first);
  return update;
}

void apply_settings(ClusterState& known, model::Configs settings) {
  // The old ones, which may be thousands, go without the mutex.
  const std::scoped_lock lock{known.mutex};
  std::swap(known.settings, settings);
}

void forget_deleted_settings(ClusterState& known, model::Instant now,
                             std::chrono::milliseconds config_interval) {
  // Only the caller writes, so it needs the mutex only where there is something to drop.
  auto& settings = known.settings;
  const auto is_old = [&](const auto& broker) {
    return now - broker.second.asked > 3 * config_interval;
  };
  const auto name_of = [](const auto& entry) -> const std::string& { return entry.first; };
  const bool all_exist = std::ranges::includes(known.replication.topics, settings.topics, {},
                                               &replication::TopicState::name, name_of);
  if (all_exist && std::ranges::none_of(settings.brokers, is_old)) return;
  const std::scoped_lock lock{known.mutex};
  std::erase_if(settings.brokers, is_old);
  std::erase_if(settings.topics, [&](const auto& entry) {
    return replication::find_topic(known.replication, entry.first) == nullptr;
  });
}

std::vector<model::EpochQuestion> open_questions(const ClusterState& known) {
  return loss::questions(
      known.loss, [&](const std::string& topic, PartitionId id, BrokerId leader) {
        const auto* partition = replication::find_partition(known.replication, topic, id);
        return partition != nullptr && partition->leader == leader;
      });
}

}  // namespace kie
