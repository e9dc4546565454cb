#include "collectors/producers/forget.h"

#include "collectors/producers/instances.h"

#include <algorithm>
#include <chrono>

namespace kie::producers {
namespace {

using std::chrono::microseconds;

constexpr microseconds kLeastTimeToLive = std::chrono::minutes{1};
/// Of an instance whose interval is not known.
constexpr microseconds kMostUnknown = std::chrono::hours{1};
/// librdkafka's longest; clocks of documents may say anything.
constexpr microseconds kLongestInterval = std::chrono::hours{24};
constexpr int kIntervalsToLive = 5;

/// Between its documents of any kind: if it sends both, the shorter one counts.
std::optional<microseconds> interval_of(const Instance& instance) {
  if (!instance.interval || !instance.report_interval)
    return instance.interval ? instance.interval : instance.report_interval;
  return std::min(*instance.interval, *instance.report_interval);
}

/// Whether its silence is worth an event. Statistics end without a last document, and an interval
/// that is not known cannot be exceeded.
bool has_vanished(const Instance& instance) {
  return !instance.report_id.empty() && interval_of(instance).has_value();
}

}  // namespace

microseconds time_to_live(const Instance& instance) {
  if (const auto interval = interval_of(instance))
    return std::max(kLeastTimeToLive, kIntervalsToLive * std::min(*interval, kLongestInterval));
  // The first statistics come an interval after the start.
  const auto& statistics = instance.statistics;
  if (!statistics || !statistics->age) return kMostUnknown;
  const auto interval = std::min(microseconds{*statistics->age}, kMostUnknown);
  return std::clamp(kIntervalsToLive * interval, kLeastTimeToLive, kMostUnknown);
}

std::vector<const Instance*> forget(ProducersState& state, Instant now) {
  std::vector<const Instance*> vanished;
  for (auto& [key, instance] : state.instances) {
    const auto seen = std::max(instance.seen, state.began);
    if (instance.is_gone || now - seen < time_to_live(instance)) continue;
    instance.is_gone = true;
    state.may_have_gone_instances = state.may_have_gone_clients = true;
    auto& client = state.clients[instance.client_id];
    --client.instances;
    state.changed_instances.insert(key);
    state.changed_clients.insert(instance.client_id);
    if (!has_vanished(instance)) continue;
    client.vanished.push_back(now);
    vanished.push_back(&instance);
  }
  const auto oldest = now - kWindow;
  std::erase_if(state.recent_fatal, [&](const RecentFatal& one) { return one.at <= oldest; });
  for (auto& [id, client] : state.clients)
    std::erase_if(client.vanished, [&](Instant at) { return at <= oldest; });
  std::erase_if(state.clients, [&](const auto& entry) {
    const auto& client = entry.second;
    const bool is_kept = client.last_fatal && *client.last_fatal > oldest;
    const bool is_over =
        client.instances == 0 && client.vanished.empty() && !is_kept && now >= client.kept_until;
    if (is_over) state.changed_clients.insert(entry.first);
    return is_over;
  });
  std::vector<InstanceKey> over;
  for (const auto& [key, instance] : state.instances)
    if (instance.is_gone && !state.clients.contains(instance.client_id)) over.push_back(key);
  for (const auto& key : over) drop(state, key);
  return vanished;
}

}  // namespace kie::producers
