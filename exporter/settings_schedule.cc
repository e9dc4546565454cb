#include "exporter/settings_schedule.h"

namespace kie {
namespace {

bool is_known(const replication::State& state, const std::string& topic) {
  return replication::find_topic(state, topic) != nullptr;
}

}  // namespace

void SettingsSchedule::forget() {
  due_ = {};
  seen_.reset();
  asked_.clear();
}

std::optional<SettingsSchedule::Due> SettingsSchedule::due(const replication::State& state,
                                                           Instant now) {
  std::erase_if(asked_, [&](const std::string& topic) { return !is_known(state, topic); });
  Due due{.topics = {}, .all = now >= due_};
  for (const auto& topic : state.topics)
    if (due.all || !asked_.contains(topic.name)) due.topics.push_back(topic.name);
  if (due.topics.empty() && !due.all) return std::nullopt;
  return due;
}

void SettingsSchedule::answered(const Due& due, Instant now,
                                std::chrono::milliseconds config_interval) {
  asked_.insert(due.topics.begin(), due.topics.end());
  if (!due.all) return;
  due_ = now + config_interval;
  seen_ = now;
}

bool SettingsSchedule::is_stale(Instant now, std::chrono::milliseconds config_interval) {
  if (!seen_ || now - *seen_ <= 3 * config_interval) return false;
  asked_.clear();
  seen_.reset();
  return true;
}

void forget_deleted(kafka::Settings& settings, const replication::State& state) {
  const auto is_deleted = [&](const auto& entry) { return !is_known(state, entry.first); };
  std::erase_if(settings.min_insync_replicas, is_deleted);
  std::erase_if(settings.unclean_leader_election, is_deleted);
}

}  // namespace kie
