#include "collectors/producers/advance.h"

#include "collectors/producers/errors.h"
#include "collectors/producers/instances.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace kie::producers {
namespace {

using std::chrono::microseconds;

constexpr std::chrono::duration<double> kMostInterval = std::chrono::hours{24};
/// The totals of a client are shown so long after its last instance has ended, for a scrape.
constexpr std::chrono::minutes kKeptAfterEnd{5};
/// The most bytes of the text that explains a fatal error, or names a state.
constexpr std::size_t kMostReason = 1024;
/// Within this time the same fatal error from the other source counts as one.
constexpr std::chrono::seconds kSameFatal{60};

/// Adds to the total how much `now` exceeds what was counted before.
void count(std::uint64_t& counted, std::uint64_t now, std::uint64_t& total) {
  if (now <= counted) return;
  total += now - counted;
  counted = now;
}

void count(std::optional<std::uint64_t>& counted, std::uint64_t now,
           std::optional<std::uint64_t>& total) {
  if (!counted) counted = 0;
  if (!total) total = 0;
  count(*counted, now, *total);
}

void count(Counters& counted, const Statistics& now, Counters& total) {
  count(counted.transmitted_bytes, now.transmitted_bytes, total.transmitted_bytes);
  count(counted.socket_send_errors, now.socket_send_errors, total.socket_send_errors);
  count(counted.request_timeouts, now.request_timeouts, total.request_timeouts);
}

/// Counts changes of the producer's id and epoch for its client. Returns the id if it is another.
std::optional<std::int64_t> follow_id(std::optional<ProducerId>& known,
                                      const std::optional<IdempotenceState>& sent,
                                      ProducerClient& client) {
  if (!sent || sent->producer_id < 0) return std::nullopt;
  const ProducerId now{sent->producer_id, sent->producer_epoch};
  const auto before = std::exchange(known, now);
  if (!before) return std::nullopt;
  if (before->id != now.id) {
    ++client.id_changes;
    return now.id;
  }
  if (now.epoch > before->epoch)
    client.epoch_bumps += static_cast<std::uint64_t>(now.epoch - before->epoch);
  return std::nullopt;
}

/// The client of an instance that has just reported.
ProducerClient& record_sign_of_life(ProducersState& state, Instance& instance, bool is_new,
                                    Instant at, WallTime wall) {
  auto& client = state.clients[instance.client_id];
  if (is_new || (instance.is_gone && !instance.has_ended)) ++client.instances;
  instance.is_gone = instance.has_ended;
  instance.seen = client.seen = at;
  instance.seen_wall = client.seen_wall = wall;
  state.changed_instances.insert(instance.key);
  state.changed_clients.insert(instance.client_id);
  client.kept_until = std::max(client.kept_until, at + kKeptAfterEnd);
  return client;
}

/// If a report is not linked to its producer's statistics, the same error may come with both.
bool came_the_other_way(ProducersState& state, const Instance& instance, const FatalError& fatal,
                        Source source) {
  const auto other = source == Source::kReport ? Source::kStatistics : Source::kReport;
  const auto found = std::ranges::find_if(state.recent_fatal, [&](const RecentFatal& one) {
    return one.source == other && !one.is_matched && one.error == fatal.error &&
           one.client_id == instance.client_id &&
           (one.name == instance.key.name || one.name.empty() || instance.key.name.empty()) &&
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

/// A failure that is missing counts as 0 again.
bool went_back(const Instance& before, const ProducerReport& now) {
  if (now.acknowledged < before.counted.acknowledged_records.value_or(0)) return true;
  return std::ranges::any_of(before.failed, [&](const auto& one) {
    const auto& [kind, records] = one;
    const auto same = std::ranges::find_if(now.failed, [&](const ReportedFailure& other) {
      return other.error == kind.first && other.persisted == kind.second;
    });
    return same == now.failed.end() ? records > 0 : same->records < records;
  });
}

bool is_from_future(const ProducerReport& report, WallTime wall) {
  constexpr std::chrono::duration<double> kDay = std::chrono::hours{24};
  return std::chrono::duration<double>{report.time} >
         std::chrono::duration<double>{wall.time_since_epoch()} + kDay;
}

void give_up(Refusal part, News& news) {
  if (std::ranges::find(news.given_up, part) == news.given_up.end()) news.given_up.push_back(part);
}

/// Cuts a text that is too long, between two characters. False: it is not.
bool cut(std::string& text, std::size_t length) {
  if (text.size() <= length) return false;
  while (length > 0 && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) --length;
  text.resize(length);
  text.shrink_to_fit();
  return true;
}

void limit(std::string& text, const ProducerLimits& limits, News& news) {
  if (cut(text, limits.label)) give_up(Refusal::kLabelTooLong, news);
}

/// Leaves out what is above the limits.
void limit(Statistics& statistics, const ProducerLimits& limits, News& news) {
  limit(statistics.name, limits, news);
  limit(statistics.client_id, limits, news);
  if (auto& idempotence = statistics.idempotence) {
    cut(idempotence->state, kMostReason);
    cut(idempotence->transaction_state, kMostReason);
  }
  if (statistics.fatal) cut(statistics.fatal->reason, kMostReason);
}

void limit(ProducerReport& report, const ProducerLimits& limits, News& news) {
  for (auto* text : {&report.client_id, &report.name, &report.host, &report.client})
    limit(*text, limits, news);
  if (report.fatal) cut(report.fatal->reason, kMostReason);
  // A part of an id, or of a topic's name, would be another one's.
  if (report.cluster_id.size() > limits.label) {
    report.cluster_id.clear();
    give_up(Refusal::kLabelTooLong, news);
  }
  if (std::erase_if(report.offsets, [&](const ReportedSegment& one) {
        return one.topic.size() > limits.label;
      }) > 0)
    give_up(Refusal::kLabelTooLong, news);
}

/// `others`: the offsets of all other instances.
void limit_offsets(ProducerReport& report, std::size_t others, const ProducerLimits& limits,
                   News& news) {
  const auto most = limits.offsets - std::min(others, limits.offsets);
  if (report.offsets.size() <= most) return;
  report.offsets.erase(report.offsets.begin() + static_cast<std::ptrdiff_t>(most),
                       report.offsets.end());
  give_up(Refusal::kTooManyOffsets, news);
}

void count(Instance& instance, ProducerClient& client, const ProducerReport& now) {
  if (!client.failed) client.failed.emplace();
  for (const auto& one : now.failed)
    count(instance.failed[{one.error, one.persisted}], one.records,
          (*client.failed)[{one.error, one.persisted}]);
  count(instance.counted.acknowledged_records, now.acknowledged,
        client.counters.acknowledged_records);
  if (now.retried)
    count(instance.counted.retried_records, *now.retried, client.counters.retried_records);
}

}  // namespace

tl::expected<News, Refusal> advance(ProducersState& state, Statistics statistics,
                                    const ProducerLimits& limits, Instant at, WallTime wall) {
  News news;
  limit(statistics, limits, news);
  const auto found = find_or_add(state, statistics.client_id, find_key(state, statistics, at),
                                 limits, statistics.fatal.has_value(), at, news);
  if (!found) return tl::make_unexpected(found.error());
  auto& instance = **found;
  auto& client = record_sign_of_life(state, instance, news.is_new_instance, at, wall);
  if (instance.ts && statistics.ts <= *instance.ts) return news;

  if (instance.ts) instance.interval = microseconds{statistics.ts - *instance.ts};
  instance.ts = statistics.ts;
  instance.is_without_age = !statistics.age;
  count(instance.counted, statistics, client.counters);
  news.new_id = follow_id(instance.producer_id, statistics.idempotence, client);
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
  if (is_from_future(report, wall)) return tl::make_unexpected(Refusal::kFromFuture);
  News news;
  limit(report, limits, news);
  const auto key = find_key(state, report);
  const auto known = state.instances.find(key);
  const bool is_newer = known == state.instances.end() || known->second.report_id.empty() ||
                        report.sequence > known->second.sequence;
  if (is_newer && known != state.instances.end() && went_back(known->second, report))
    return tl::make_unexpected(Refusal::kWentBack);
  const auto found =
      find_or_add(state, report.client_id, key, limits, report.fatal.has_value(), at, news);
  if (!found) return tl::make_unexpected(found.error());
  auto& instance = **found;
  auto& client = record_sign_of_life(state, instance, news.is_new_instance, at, wall);
  if (!is_newer) return news;

  if (instance.report_id.empty()) instance.first_report = at;
  instance.report_id = report.instance;
  instance.sequence = report.sequence;
  instance.last_report = at;
  state.by_report_id.insert_or_assign(report.instance, instance.key);
  count(instance, client, report);
  // A clock that was set back says nothing about the interval.
  if (instance.report && report.time > instance.report->time)
    instance.report_interval = std::chrono::duration_cast<microseconds>(std::min(
        std::chrono::duration<double>{report.time - instance.report->time}, kMostInterval));
  if (report.fatal)
    take_fatal(state, instance, client,
               {report.fatal->error, std::move(report.fatal->reason), at, wall}, Source::kReport,
               news);
  limit_offsets(report, state.offsets - instance.offsets, limits, news);
  state.offsets += report.offsets.size() - instance.offsets;
  instance.offsets = report.offsets.size();
  news.offsets = std::move(report.offsets);
  report.offsets.clear();
  if (report.ended && !instance.has_ended) {
    instance.has_ended = instance.is_gone = news.has_ended = true;
    state.may_have_gone_instances = state.may_have_gone_clients = true;
    --client.instances;
  }
  instance.report = std::move(report);
  return news;
}

void recall(ProducersState& state, const std::string& client_id, const InstanceKey& key,
            const FatalError& fatal, bool is_counted, const ProducerLimits& limits) {
  state.recent_fatal.push_back({.error = fatal.error,
                                .at = fatal.at,
                                .client_id = client_id,
                                .name = key.name,
                                .source = Source::kJournal});
  if (is_counted) return;
  const bool has_room = state.clients.contains(client_id) ||
                        state.clients.size() - state.clients.count(kOtherClient) < limits.clients;
  if (!state.instances.contains(key) && (!has_room || state.instances.size() >= limits.instances))
    return;
  auto& instance = state.instances[key];
  if (instance.fatal) return;
  if (instance.client_id.empty()) {
    instance.client_id = client_id;
    instance.key = key;
    instance.first_seen = instance.seen = fatal.at;
    instance.seen_wall = fatal.wall;
    instance.is_gone = true;
  }
  instance.fatal = fatal;
  auto& client = state.clients[instance.client_id];
  ++client.fatal_errors[fatal.error];
  client.last_fatal = std::max(client.last_fatal.value_or(fatal.at), fatal.at);
  client.seen = std::max(client.seen, fatal.at);
  client.seen_wall = std::max(client.seen_wall, fatal.wall);
  state.may_have_gone_instances = state.may_have_gone_clients = true;
  state.changed_instances.insert(key);
  state.changed_clients.insert(instance.client_id);
}

}  // namespace kie::producers
