#include "exporter/cluster/config_schedule.h"

#include <algorithm>

namespace kie {

void ConfigSchedule::forget() {
  due_ = {};
  seen_.reset();
  asked_.clear();
  brokers_.clear();
}

std::optional<ConfigSchedule::Due> ConfigSchedule::due(const replication::ReplicationState& state,
                                                       const std::vector<BrokerId>& brokers,
                                                       Instant now) {
  std::erase_if(asked_, [&](const std::string& topic) {
    return replication::find_topic(state, topic) == nullptr;
  });
  std::erase_if(brokers_, [&](const auto& entry) {
    return std::ranges::find(brokers, entry.first) == brokers.end();
  });
  Due due{.topics = {}, .brokers = {}, .all = now >= due_};
  for (const auto& topic : state.topics)
    if (due.all || !asked_.contains(topic.name)) due.topics.push_back(topic.name);
  for (const auto broker : brokers) {
    const auto& retry = brokers_[broker];
    if (due.all || (retry.at && now >= *retry.at)) due.brokers.push_back(broker);
  }
  if (due.topics.empty() && due.brokers.empty() && !due.all) return std::nullopt;
  return due;
}

void ConfigSchedule::asked_brokers(const Due& due, const std::set<BrokerId>& failed, Instant now) {
  for (const auto broker : due.brokers) {
    auto& retry = brokers_[broker];
    if (failed.contains(broker)) {
      retry.pause = std::clamp(2 * retry.pause, kFirstRetry, kLastRetry);
      retry.at = now + retry.pause;
    } else {
      retry = {.at = std::nullopt, .pause = {}};
    }
  }
}

void ConfigSchedule::answered(const Due& due, Instant now,
                              std::chrono::milliseconds config_interval) {
  asked_.insert(due.topics.begin(), due.topics.end());
  if (!due.all) return;
  due_ = now + config_interval;
  seen_ = now;
}

bool ConfigSchedule::forget_if_stale(Instant now, std::chrono::milliseconds config_interval) {
  if (!seen_ || now - *seen_ <= 3 * config_interval) return false;
  asked_.clear();
  brokers_.clear();
  seen_.reset();
  return true;
}

}  // namespace kie
