#include "exporter/web/api/events.h"

#include "config/parse_number.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/journal/events.h"
#include "exporter/journal/or_null.h"
#include "exporter/web/api/clusters.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <string_view>
#include <utility>

namespace kie::api {
namespace {

using history::StoredEvent;
using history::Time;

std::optional<Time> parse_time(std::string_view text) {
  // Up to the year 2262, the limit of the clock.
  constexpr double kMost = 9.2e9;
  const auto seconds = config::parse_number<double>(text);
  if (!seconds || !std::isfinite(*seconds) || std::abs(*seconds) > kMost) return std::nullopt;
  return Time{std::chrono::duration_cast<Time::duration>(std::chrono::duration<double>(*seconds))};
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const auto comma = text.find(',');
    parts.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

Json event_json(const StoredEvent& event, const std::vector<ClusterStatus>& clusters) {
  const auto* cluster = find_cluster(clusters, event.cluster);
  auto details = Json::parse(event.details, nullptr, /*allow_exceptions=*/false);
  return {{"id", event.id},
          {"cluster",
           cluster == nullptr || cluster->name.empty() ? Json(nullptr) : Json(cluster->name)},
          {"cluster_id", event.cluster.empty() ? Json(nullptr) : Json(event.cluster)},
          {"kind", event.kind},
          {"topic", or_null(event.topic)},
          {"partition", or_null(event.partition)},
          {"broker", or_null(event.broker)},
          {"from", exposition::unix_seconds(event.from)},
          {"to", exposition::unix_seconds(event.to)},
          {"details", details.is_object() ? std::move(details) : Json::object()}};
}

}  // namespace

std::optional<history::EventQuery> event_query(const std::vector<ClusterStatus>& clusters,
                                               Parameters& parameters) {
  history::EventQuery query;
  bool has_none = false;
  query.limit = parameters.number("limit", query.limit, kMostEvents);
  query.topic = parameters.text("topic");
  if (const auto key = parameters.text("cluster")) {
    const auto* cluster = find_cluster(clusters, *key);
    if (cluster == nullptr) parameters.wrong("cluster", "must be the name or the id of a cluster");
    if (cluster != nullptr) query.cluster = cluster->cluster_id;
    has_none = !query.cluster;
  }
  if (const auto text = parameters.text("partition")) {
    query.partition = config::parse_number<std::int32_t>(*text);
    if (!query.partition || *query.partition < 0) parameters.wrong("partition", "must be a number");
  }
  if (const auto text = parameters.text("kind")) {
    query.kinds = split(*text);
    const auto known = journal_kinds();
    const bool all_known = std::ranges::all_of(query.kinds, [&](const std::string& kind) {
      return std::ranges::find(known, kind) != known.end();
    });
    if (!all_known)
      parameters.wrong("kind", fmt::format("must be one or more of {}, separated by commas",
                                           fmt::join(known, ", ")));
  }
  for (auto [name, member] :
       {std::pair{"from", &history::EventQuery::from}, std::pair{"to", &history::EventQuery::to}})
    if (const auto text = parameters.text(name)) {
      query.*member = parse_time(*text);
      if (!(query.*member)) parameters.wrong(name, "must be seconds since 1970");
    }
  if (const auto text = parameters.text("before")) {
    query.before = config::parse_number<std::int64_t>(*text);
    if (!query.before) parameters.wrong("before", "must be a number, as \"next\" had it");
  }
  if (has_none) return std::nullopt;
  return query;
}

Json no_events_json() { return {{"events", Json::array()}, {"next", nullptr}}; }

tl::expected<Json, ApiError> events_json(history::History& history,
                                         const history::EventQuery& query,
                                         const std::vector<ClusterStatus>& clusters) {
  const auto page = history.events(query);
  if (!page) {
    const auto& error = page.error();
    return tl::make_unexpected(ApiError{error.too_slow ? 503 : 500, error.text});
  }
  auto list = Json::array();
  for (const auto& event : page->events) list.push_back(event_json(event, clusters));
  return Json{{"events", std::move(list)}, {"next", or_null(page->next)}};
}

}  // namespace kie::api
