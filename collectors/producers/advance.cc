#include "collectors/producers/advance.h"

#include "collectors/producers/errors.h"

#include <algorithm>
#include <utility>

namespace kie::producers {
namespace {

using std::chrono::microseconds;

constexpr microseconds kLeastTimeToLive = std::chrono::minutes{1};
constexpr int kIntervalsToLive = 5;

/// Adds to the total by how much `now` is above all that was counted before.
void count(std::uint64_t& counted, std::uint64_t now, std::uint64_t& total) {
  if (now <= counted) return;
  total += now - counted;
  counted = now;
}

void count(Counters& counted, const Statistics& now, Counters& total) {
  if (now.acknowledged) {
    if (!counted.acknowledged_records) counted.acknowledged_records = 0;
    if (!total.acknowledged_records) total.acknowledged_records = 0;
    count(*counted.acknowledged_records, *now.acknowledged, *total.acknowledged_records);
  }
  count(counted.transmitted_bytes, now.transmitted_bytes, total.transmitted_bytes);
  count(counted.socket_send_errors, now.socket_send_errors, total.socket_send_errors);
  count(counted.request_timeouts, now.request_timeouts, total.request_timeouts);
}

/// What changed of the producer's id and epoch, counted for its client.
bool compare_ids(const std::optional<Idempotence>& before, const std::optional<Idempotence>& now,
                 Client& client) {
  if (!before || !now || before->producer_id < 0 || now->producer_id < 0) return false;
  if (before->producer_id != now->producer_id) {
    ++client.id_changes;
    return true;
  }
  if (now->producer_epoch > before->producer_epoch)
    client.epoch_bumps += static_cast<std::uint64_t>(now->producer_epoch - before->producer_epoch);
  return false;
}

/// Makes room for one; false if all are alive.
bool drop_oldest_gone(State& state) {
  auto oldest = state.instances.end();
  for (auto one = state.instances.begin(); one != state.instances.end(); ++one)
    if (one->second.is_gone &&
        (oldest == state.instances.end() || one->second.seen < oldest->second.seen))
      oldest = one;
  if (oldest == state.instances.end()) return false;
  state.instances.erase(oldest);
  return true;
}

}  // namespace

tl::expected<News, Refusal> advance(State& state, Statistics statistics, const Limits& limits,
                                    Instant at, WallTime wall) {
  if (std::max(statistics.name.size(), statistics.client_id.size()) > limits.label)
    return tl::make_unexpected(Refusal::kLabelTooLong);
  std::pair key{statistics.name, statistics.started};
  auto found = state.instances.find(key);
  News news;
  news.is_new_instance = found == state.instances.end();
  if (news.is_new_instance) {
    if (state.instances.size() >= limits.instances && !drop_oldest_gone(state))
      return tl::make_unexpected(Refusal::kTooManyInstances);
    if (state.clients.size() >= limits.clients && !state.clients.contains(statistics.client_id))
      return tl::make_unexpected(Refusal::kTooManyClients);
    Instance instance;
    instance.client_id = statistics.client_id;
    instance.name = statistics.name;
    instance.first_seen = at;
    found = state.instances.emplace(std::move(key), std::move(instance)).first;
  }
  auto& instance = found->second;
  auto& client = state.clients[instance.client_id];
  if (news.is_new_instance || std::exchange(instance.is_gone, false)) ++client.instances;
  instance.seen = client.seen = at;
  instance.seen_wall = client.seen_wall = wall;
  news.instance = &instance;
  // One that was recalled has not sent anything to this process.
  const bool has_last = !instance.last.name.empty();
  if (has_last && statistics.age <= instance.last.age) return news;

  count(instance.counted, statistics, client.counters);
  if (has_last) {
    instance.interval = microseconds{statistics.age - instance.last.age};
    news.id_changed = compare_ids(instance.last.idempotence, statistics.idempotence, client);
  }
  if (statistics.fatal && !instance.fatal) {
    instance.fatal = FatalError{fatal_error(statistics.fatal->description),
                                std::move(statistics.fatal->reason), at, wall};
    ++client.fatal_errors[instance.fatal->error];
    client.last_fatal = at;
    state.recent_fatal.push_back(*instance.fatal);
    news.fatal = instance.fatal;
  }
  instance.last = std::move(statistics);
  return news;
}

void recall(State& state, const std::string& client_id, const std::string& name,
            std::int64_t started, const FatalError& fatal) {
  auto& instance = state.instances[{name, started}];
  if (instance.fatal) return;
  instance.client_id = client_id;
  instance.name = name;
  instance.first_seen = instance.seen = fatal.at;
  instance.seen_wall = fatal.wall;
  instance.is_gone = true;
  instance.fatal = fatal;
  auto& client = state.clients[client_id];
  ++client.fatal_errors[fatal.error];
  client.last_fatal = std::max(client.last_fatal.value_or(fatal.at), fatal.at);
  client.seen = fatal.at;
  client.seen_wall = fatal.wall;
  state.recent_fatal.push_back(fatal);
}

microseconds time_to_live(const Instance& instance) {
  return std::max(kLeastTimeToLive, kIntervalsToLive * instance.interval.value_or(microseconds{0}));
}

std::vector<const Instance*> forget(State& state, Instant now) {
  std::vector<const Instance*> vanished;
  for (auto& [key, instance] : state.instances) {
    if (instance.is_gone || now - instance.seen < time_to_live(instance)) continue;
    instance.is_gone = true;
    auto& client = state.clients[instance.client_id];
    --client.instances;
    client.vanished.push_back(now);
    vanished.push_back(&instance);
  }
  const auto oldest = now - kWindow;
  std::erase_if(state.recent_fatal, [&](const FatalError& one) { return one.at <= oldest; });
  for (auto& [id, client] : state.clients)
    std::erase_if(client.vanished, [&](Instant at) { return at <= oldest; });
  std::erase_if(state.clients, [&](const auto& entry) {
    const auto& client = entry.second;
    const bool is_kept = client.last_fatal && *client.last_fatal > oldest;
    return client.instances == 0 && client.vanished.empty() && !is_kept;
  });
  std::erase_if(state.instances, [&](const auto& entry) {
    return entry.second.is_gone && !state.clients.contains(entry.second.client_id);
  });
  return vanished;
}

}  // namespace kie::producers
