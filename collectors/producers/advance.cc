#include "collectors/producers/advance.h"

#include "collectors/producers/errors.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace kie::producers {
namespace {

using std::chrono::microseconds;

constexpr microseconds kLeastTimeToLive = std::chrono::minutes{1};
constexpr int kIntervalsToLive = 5;
constexpr std::chrono::duration<double> kMostInterval = std::chrono::hours{24};
/// Within this time the same fatal error from the other source counts as one.
constexpr std::chrono::seconds kSameFatal{60};

/// Adds to the total how much `now` exceeds what was counted before.
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

/// Counts changes of the producer's id and epoch for its client.
std::optional<std::int64_t> compare_ids(const std::optional<IdempotenceState>& before,
                                        const std::optional<IdempotenceState>& now,
                                        ProducerClient& client) {
  if (!before || !now || before->producer_id < 0 || now->producer_id < 0) return std::nullopt;
  if (before->producer_id != now->producer_id) {
    ++client.id_changes;
    return now->producer_id;
  }
  if (now->producer_epoch > before->producer_epoch)
    client.epoch_bumps += static_cast<std::uint64_t>(now->producer_epoch - before->producer_epoch);
  return std::nullopt;
}

/// Makes room for one instance; false if all are live.
bool drop_oldest_gone(ProducersState& state) {
  auto oldest = state.instances.end();
  for (auto one = state.instances.begin(); one != state.instances.end(); ++one)
    if (one->second.is_gone &&
        (oldest == state.instances.end() || one->second.seen < oldest->second.seen))
      oldest = one;
  if (oldest == state.instances.end()) return false;
  state.offsets -= oldest->second.offsets;
  state.instances.erase(oldest);
  return true;
}

/// The instance with that key, added if there is none.
tl::expected<Instance*, Refusal> find_or_add(ProducersState& state, const std::string& client_id,
                                             InstanceKey key, const ProducerLimits& limits,
                                             Instant at, News& news) {
  auto found = state.instances.find(key);
  news.is_new_instance = found == state.instances.end();
  if (news.is_new_instance) {
    if (state.instances.size() >= limits.instances && !drop_oldest_gone(state))
      return tl::make_unexpected(Refusal::kTooManyInstances);
    if (state.clients.size() >= limits.clients && !state.clients.contains(client_id))
      return tl::make_unexpected(Refusal::kTooManyClients);
    Instance instance;
    instance.client_id = client_id;
    instance.key = key;
    instance.first_seen = at;
    found = state.instances.emplace(std::move(key), std::move(instance)).first;
  }
  news.instance = &found->second;
  return &found->second;
}

/// The client of an instance that has just reported.
ProducerClient& record_sign_of_life(ProducersState& state, Instance& instance, bool is_new,
                                    Instant at, WallTime wall) {
  auto& client = state.clients[instance.client_id];
  if (is_new || (instance.is_gone && !instance.has_ended)) ++client.instances;
  instance.is_gone = instance.has_ended;
  instance.seen = client.seen = at;
  instance.seen_wall = client.seen_wall = wall;
  client.kept_until = std::max(client.kept_until, at + time_to_live(instance));
  return client;
}

/// If a report is not linked to its producer's statistics, the same error may come with both.
bool came_the_other_way(ProducersState& state, const Instance& instance, const FatalError& fatal,
                        Source source) {
  const auto other = source == Source::kReport ? Source::kStatistics : Source::kReport;
  const auto found = std::ranges::find_if(state.recent_fatal, [&](const RecentFatal& one) {
    return one.source == other && !one.is_matched && one.error == fatal.error &&
           one.client_id == instance.client_id && one.name == instance.key.name &&
           fatal.at - one.at <= kSameFatal;
  });
  if (found == state.recent_fatal.end()) return false;
  found->is_matched = true;
  return true;
}

void take_fatal(ProducersState& state, Instance& instance, ProducerClient& client, FatalError fatal,
                Source source, News& news) {
  if (instance.fatal) return;
  instance.fatal = std::move(fatal);
  // For a linked producer both are the same instance already.
  const bool is_linked = source == Source::kReport && instance.key.id.empty();
  if (!is_linked && came_the_other_way(state, instance, *instance.fatal, source)) return;
  ++client.fatal_errors[instance.fatal->error];
  client.last_fatal = instance.fatal->at;
  state.recent_fatal.push_back({.error = instance.fatal->error,
                                .at = instance.fatal->at,
                                .client_id = instance.client_id,
                                .name = instance.key.name,
                                .source = source,
                                .is_matched = is_linked});
  news.fatal = instance.fatal;
}

bool went_back(const ProducerReport& before, const ProducerReport& now) {
  if (now.acknowledged < before.acknowledged) return true;
  return std::ranges::any_of(before.failed, [&](const ReportedFailure& one) {
    const auto same = std::ranges::find_if(now.failed, [&](const ReportedFailure& other) {
      return other.error == one.error && other.persisted == one.persisted;
    });
    return same == now.failed.end() || same->records < one.records;
  });
}

std::size_t longest(const ProducerReport& report) {
  std::size_t most = 0;
  for (const auto* text :
       {&report.client_id, &report.name, &report.host, &report.client, &report.cluster_id})
    most = std::max(most, text->size());
  for (const auto& one : report.offsets) most = std::max(most, one.topic.size());
  return most;
}

/// `known`: the report's instance, or nullptr.
std::optional<Refusal> find_refusal(const ProducersState& state, const Instance* known,
                                    const ProducerReport& report, const ProducerLimits& limits,
                                    WallTime wall) {
  constexpr std::chrono::duration<double> kDay = std::chrono::hours{24};
  if (longest(report) > limits.label) return Refusal::kLabelTooLong;
  const auto time = std::chrono::duration<double>{report.time};
  if (time > std::chrono::duration<double>{wall.time_since_epoch()} + kDay)
    return Refusal::kFromFuture;
  // They replace those of the instance.
  const auto offsets = state.offsets - (known == nullptr ? 0 : known->offsets);
  if (offsets + report.offsets.size() > limits.offsets) return Refusal::kTooManyOffsets;
  const auto* before = known == nullptr || !known->report ? nullptr : &*known->report;
  if (before != nullptr && report.sequence > before->sequence && went_back(*before, report))
    return Refusal::kWentBack;
  return std::nullopt;
}

InstanceKey key_of(const ProducerReport& report) {
  if (report.started && !report.name.empty()) return {report.name, *report.started, {}};
  return {report.name, 0, report.instance};
}

void count(Instance& instance, ProducerClient& client, const ProducerReport& now) {
  if (!client.failed) client.failed.emplace();
  for (const auto& one : now.failed)
    count(instance.failed[{one.error, one.persisted}], one.records,
          (*client.failed)[{one.error, one.persisted}]);
  auto& counted = instance.counted.acknowledged_records;
  auto& total = client.counters.acknowledged_records;
  if (!counted) counted = 0;
  if (!total) total = 0;
  count(*counted, now.acknowledged, *total);
}

}  // namespace

tl::expected<News, Refusal> advance(ProducersState& state, Statistics statistics,
                                    const ProducerLimits& limits, Instant at, WallTime wall) {
  if (std::max(statistics.name.size(), statistics.client_id.size()) > limits.label)
    return tl::make_unexpected(Refusal::kLabelTooLong);
  News news;
  const auto found = find_or_add(state, statistics.client_id,
                                 {statistics.name, statistics.started, {}}, limits, at, news);
  if (!found) return tl::make_unexpected(found.error());
  auto& instance = **found;
  auto& client = record_sign_of_life(state, instance, news.is_new_instance, at, wall);
  const auto& before = instance.statistics;
  if (before && statistics.age <= before->age) return news;

  count(instance.counted, statistics, client.counters);
  if (before) {
    instance.interval = microseconds{statistics.age - before->age};
    news.new_id = compare_ids(before->idempotence, statistics.idempotence, client);
  }
  if (statistics.fatal)
    take_fatal(
        state, instance, client,
        {fatal_error(statistics.fatal->description), std::move(statistics.fatal->reason), at, wall},
        Source::kStatistics, news);
  instance.statistics = std::move(statistics);
  return news;
}

tl::expected<News, Refusal> advance(ProducersState& state, ProducerReport report,
                                    const ProducerLimits& limits, Instant at, WallTime wall) {
  auto key = key_of(report);
  const auto known = state.instances.find(key);
  if (const auto refusal = find_refusal(
          state, known == state.instances.end() ? nullptr : &known->second, report, limits, wall))
    return tl::make_unexpected(*refusal);
  News news;
  const auto found = find_or_add(state, report.client_id, std::move(key), limits, at, news);
  if (!found) return tl::make_unexpected(found.error());
  auto& instance = **found;
  const bool is_newer = !instance.report || report.sequence > instance.report->sequence;
  auto& client = record_sign_of_life(state, instance, news.is_new_instance, at, wall);
  if (!is_newer) return news;

  if (!instance.report) instance.first_report = at;
  instance.last_report = at;
  count(instance, client, report);
  if (instance.report) {
    const auto between = std::chrono::duration<double>{report.time - instance.report->time};
    instance.report_interval = std::chrono::duration_cast<microseconds>(
        std::clamp(between, std::chrono::duration<double>{0}, kMostInterval));
  }
  if (report.fatal)
    take_fatal(state, instance, client,
               {report.fatal->error, std::move(report.fatal->reason), at, wall}, Source::kReport,
               news);
  state.offsets += report.offsets.size() - instance.offsets;
  instance.offsets = report.offsets.size();
  news.offsets = std::move(report.offsets);
  report.offsets.clear();
  if (report.ended && !instance.has_ended) {
    instance.has_ended = instance.is_gone = news.has_ended = true;
    --client.instances;
  }
  instance.report = std::move(report);
  return news;
}

void recall(ProducersState& state, const std::string& client_id, const InstanceKey& key,
            const FatalError& fatal) {
  auto& instance = state.instances[key];
  if (instance.fatal) return;
  instance.client_id = client_id;
  instance.key = key;
  instance.first_seen = instance.seen = fatal.at;
  instance.seen_wall = fatal.wall;
  instance.is_gone = true;
  instance.fatal = fatal;
  auto& client = state.clients[client_id];
  ++client.fatal_errors[fatal.error];
  client.last_fatal = std::max(client.last_fatal.value_or(fatal.at), fatal.at);
  client.seen = fatal.at;
  client.seen_wall = fatal.wall;
  state.recent_fatal.push_back({.error = fatal.error,
                                .at = fatal.at,
                                .client_id = client_id,
                                .name = key.name,
                                .source = Source::kJournal});
}

microseconds time_to_live(const Instance& instance) {
  auto interval = instance.interval.value_or(microseconds{0});
  // If it sends both kinds, the shorter interval counts.
  if (instance.report_interval)
    interval = instance.interval ? std::min(interval, *instance.report_interval)
                                 : *instance.report_interval;
  return std::max(kLeastTimeToLive, kIntervalsToLive * interval);
}

std::vector<const Instance*> forget(ProducersState& state, Instant now) {
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
  std::erase_if(state.recent_fatal, [&](const RecentFatal& one) { return one.at <= oldest; });
  for (auto& [id, client] : state.clients)
    std::erase_if(client.vanished, [&](Instant at) { return at <= oldest; });
  std::erase_if(state.clients, [&](const auto& entry) {
    const auto& client = entry.second;
    const bool is_kept = client.last_fatal && *client.last_fatal > oldest;
    return client.instances == 0 && client.vanished.empty() && !is_kept && now >= client.kept_until;
  });
  std::erase_if(state.instances, [&](const auto& entry) {
    const auto& instance = entry.second;
    const bool is_over = instance.is_gone && !state.clients.contains(instance.client_id);
    if (is_over) state.offsets -= instance.offsets;
    return is_over;
  });
  return vanished;
}

}  // namespace kie::producers
