#include "exporter/producers/journal.h"

#include "collectors/producers/errors.h"
#include "exporter/journal/commit.h"
#include "exporter/journal/events.h"
#include "exporter/log/log.h"
#include "exporter/producers/rows.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <utility>

namespace kie {
namespace {

using Json = nlohmann::ordered_json;
using producers::Instance;

/// Producers belong to no cluster: reports name one, statistics do not.
constexpr const char* kNoCluster = "";
/// The most events of the last hour that are restored.
constexpr std::size_t kMostRecalled = 10'000;

history::StoredEvent event_of(std::string_view kind, const Instance& instance,
                              const Json& more = Json::object()) {
  Json details{{"client_id", instance.client_id},
               {"producer", instance.key.name},
               {"started", instance.key.started}};
  if (!instance.key.id.empty()) details["instance"] = instance.key.id;
  details.update(more);
  history::StoredEvent event;
  event.kind = kind;
  event.to = std::chrono::system_clock::now();
  event.from = event.to;
  event.details = details.dump(-1, ' ', false, Json::error_handler_t::replace);
  return event;
}

}  // namespace

ProducerJournal::ProducerJournal(history::History& history, exposition::SelfMetrics& self)
    : history_(history),
      self_(self),
      clocks_(std::chrono::steady_clock::now(), std::chrono::system_clock::now()) {}

bool ProducerJournal::recall(producers::ProducersState& state,
                             const producers::ProducerLimits& limits) {
  corrupt_rows_.clear();
  if (!recall_rows(state) || !recall_fatal_errors(state, limits)) return false;
  state.began = std::chrono::steady_clock::now();
  return true;
}

void ProducerJournal::begin_anew() {
  generation_.reset();
  corrupt_rows_.clear();
}

bool ProducerJournal::recall_rows(producers::ProducersState& state) {
  generation_ = history_.generation();
  const auto stored = history_.load(kNoCluster);
  if (stored.is_unread) return false;
  for (const auto& row : stored.rows)
    if (!unpack(row.topic, row.state, clocks_, state)) corrupt_rows_.push_back(row.topic);
  if (!corrupt_rows_.empty())
    log_warn("history rows of producers are corrupt, their counters begin at 0",
             {{"rows", std::to_string(corrupt_rows_.size())}, {"first", corrupt_rows_.front()}});
  return true;
}

bool ProducerJournal::recall_fatal_errors(producers::ProducersState& state,
                                          const producers::ProducerLimits& limits) {
  const auto wall = std::chrono::system_clock::now();
  const auto now = std::chrono::steady_clock::now();
  history::EventQuery query;
  query.kinds = {std::string(kProducerFatal)};
  query.from = wall - producers::kWindow;
  query.limit = kMostRecalled;
  auto page = history_.events(query);
  if (!page) return false;
  // A client's row counts the events that were written with it.
  std::set<std::string> counted;
  for (const auto& [id, client] : state.clients) counted.insert(id);
  std::ranges::reverse(page->events);
  for (const auto& event : page->events) {
    const auto details = Json::parse(event.details, nullptr, /*allow_exceptions=*/false);
    if (!details.is_object()) continue;
    producers::FatalError fatal;
    fatal.error = producers::fatal_error_named(details.value("error", ""));
    fatal.reason = details.value("reason", "");
    fatal.wall = event.to;
    fatal.at = now - std::max(wall - event.to, std::chrono::system_clock::duration{0});
    const auto client_id = details.value("client_id", "");
    producers::recall(state, client_id,
                      {details.value("producer", ""), details.value("started", std::int64_t{0}),
                       details.value("instance", "")},
                      fatal, counted.contains(client_id), limits);
  }
  return true;
}

void ProducerJournal::note(const producers::News& news) {
  const auto& instance = *news.instance;
  if (news.is_new_instance) noted_.push_back(event_of(kProducerStarted, instance));
  if (news.new_id)
    noted_.push_back(event_of(kProducerIdChange, instance, {{"producer_id", *news.new_id}}));
  if (news.fatal)
    noted_.push_back(event_of(kProducerFatal, instance,
                              {{"error", news.fatal->error}, {"reason", news.fatal->reason}}));
  if (news.has_ended) noted_.push_back(event_of(kProducerEnded, instance));
}

void ProducerJournal::note_vanished(const std::vector<const Instance*>& instances) {
  for (const auto* instance : instances) noted_.push_back(event_of(kProducerVanished, *instance));
}

void ProducerJournal::commit(producers::ProducersState& state) {
  if (!noted_.empty()) store(state);
}

void ProducerJournal::store(producers::ProducersState& state) {
  clocks_.follow(std::chrono::steady_clock::now(), std::chrono::system_clock::now());
  history::ClusterRows rows;
  if (const auto generation = history_.generation(); generation_ != generation) {
    generation_ = generation;
    rows.whole = true;
    for (const auto& [key, instance] : state.instances) state.changed_instances.insert(key);
    for (const auto& [id, client] : state.clients) state.changed_clients.insert(id);
  }
  for (const auto& name : std::exchange(corrupt_rows_, {})) rows.topics[name] = std::nullopt;
  for (const auto& key : std::exchange(state.changed_instances, {})) {
    const auto found = state.instances.find(key);
    rows.topics[row_name(key)] =
        found == state.instances.end() ? std::nullopt : std::optional{pack(found->second, clocks_)};
  }
  for (const auto& id : std::exchange(state.changed_clients, {})) {
    const auto found = state.clients.find(id);
    rows.topics[row_name(id)] =
        found == state.clients.end() ? std::nullopt : std::optional{pack(found->second, clocks_)};
  }
  if (rows.topics.empty() && !rows.whole && noted_.empty()) return;
  history::Change change;
  change.rows = std::move(rows);
  change.events = std::exchange(noted_, {});
  kie::commit(history_, self_, kNoCluster, std::move(change));
}

}  // namespace kie
