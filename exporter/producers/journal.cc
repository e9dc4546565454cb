#include "exporter/producers/journal.h"

#include "collectors/producers/errors.h"
#include "exporter/journal/commit.h"
#include "exporter/journal/events.h"
#include "exporter/log/log.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace kie {
namespace {

using Json = nlohmann::ordered_json;
using producers::Instance;

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
    : history_(history), self_(self) {}

void ProducerJournal::recall(producers::ProducersState& state) {
  const auto wall = std::chrono::system_clock::now();
  const auto now = std::chrono::steady_clock::now();
  history::EventQuery query;
  query.kinds = {std::string(kProducerFatal)};
  query.from = wall - producers::kWindow;
  query.limit = kMostRecalled;
  auto page = history_.events(query);
  if (!page) {
    log_warn("producers' fatal errors of the last hour cannot be read",
             {{"error", page.error().text}});
    return;
  }
  std::ranges::reverse(page->events);
  for (const auto& event : page->events) {
    const auto details = Json::parse(event.details, nullptr, /*allow_exceptions=*/false);
    if (!details.is_object()) continue;
    producers::FatalError fatal;
    fatal.error = producers::fatal_error_named(details.value("error", ""));
    fatal.reason = details.value("reason", "");
    fatal.wall = event.to;
    fatal.at = now - std::max(wall - event.to, std::chrono::system_clock::duration{0});
    producers::recall(state, details.value("client_id", ""),
                      {details.value("producer", ""), details.value("started", std::int64_t{0}),
                       details.value("instance", "")},
                      fatal);
  }
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

void ProducerJournal::commit() {
  if (noted_.empty()) return;
  history::Change change;
  change.events = std::exchange(noted_, {});
  kie::commit(history_, self_, "", std::move(change));
}

}  // namespace kie
