#include "exporter/history/reader.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <set>

namespace kie::history {
namespace {

constexpr const char* kColumns =
    "SELECT id, kind, topic, partition, broker, since, until, details FROM events ";
/// The parameters are the same for each index. A query is answered from one index in the order of
/// the ids, and stops when it has enough rows.
constexpr const char* kFilter =
    "AND id < ?2 AND until >= ?3 AND until < ?4 AND (?5 IS NULL OR partition = ?5) "
    "ORDER BY id DESC LIMIT ?6";
constexpr const char* kOfCluster = "INDEXED BY events_by_cluster WHERE cluster = ?1 ";
constexpr const char* kOfKind = "INDEXED BY events_by_kind WHERE cluster = ?1 AND kind = ?7 ";
constexpr const char* kOfTopic = "INDEXED BY events_by_topic WHERE cluster = ?1 AND topic = ?8 ";
constexpr const char* kOfTopicAndKind =
    "INDEXED BY events_by_topic WHERE cluster = ?1 AND topic = ?8 AND kind = ?7 ";

std::string_view or_empty(const std::optional<std::string>& text) {
  return text ? std::string_view{*text} : std::string_view{};
}

}  // namespace

tl::expected<Stored, SqliteFailure> DatabaseReader::load(const std::string& cluster) {
  Stored stored;
  for (const auto& known : clusters(cluster)) {
    Statement state{*connection_, "SELECT state FROM clusters WHERE number = ?"};
    if (state.bind(known.number).step() && !state.is_null(0)) stored.cluster_state = state.text(0);
    Statement rows{*connection_,
                   "SELECT topic, state FROM topics WHERE cluster = ? ORDER BY topic"};
    rows.bind(known.number);
    while (rows.step())
      stored.rows.push_back({std::string(rows.text(0)), std::string(rows.text(1))});
  }
  if (auto failure = connection_->take_failure()) return tl::make_unexpected(std::move(*failure));
  return stored;
}

tl::expected<std::optional<std::string>, SqliteFailure> DatabaseReader::find(
    const std::string& name, const std::string& servers) {
  std::optional<std::string> cluster;
  Statement found{*connection_, "SELECT cluster FROM watched WHERE name = ? AND servers = ?"};
  if (found.bind(name, servers).step()) cluster = found.text(0);
  if (auto failure = connection_->take_failure()) return tl::make_unexpected(std::move(*failure));
  return cluster;
}

std::vector<DatabaseReader::Cluster> DatabaseReader::clusters(
    const std::optional<std::string>& id) {
  std::vector<Cluster> found;
  Statement all{*connection_, id ? "SELECT number, id FROM clusters WHERE id = ?"
                                 : "SELECT number, id FROM clusters"};
  id ? all.bind(*id) : all.bind();
  while (all.step()) found.push_back({all.integer(0), std::string(all.text(1))});
  return found;
}

tl::expected<std::vector<StoredEvent>, SqliteFailure> DatabaseReader::events(
    const EventQuery& query, std::size_t most, std::chrono::milliseconds time) {
  std::vector<StoredEvent> events;
  connection_->set_deadline(std::chrono::steady_clock::now() + time);
  // All statements read the same state of the file.
  connection_->run("BEGIN");
  for (const auto& cluster : clusters(query.cluster)) {
    if (query.kinds.empty()) read(cluster, nullptr, query, most, events);
    for (const auto& kind : std::set(query.kinds.begin(), query.kinds.end()))
      read(cluster, &kind, query, most, events);
  }
  auto failure = connection_->take_failure();
  connection_->set_deadline(std::nullopt);
  connection_->roll_back();
  if (failure) return tl::make_unexpected(std::move(*failure));
  std::ranges::sort(events, std::ranges::greater{}, &StoredEvent::id);
  if (events.size() > most) events.resize(most);
  return events;
}

void DatabaseReader::read(const Cluster& cluster, const std::string* kind, const EventQuery& query,
                          std::size_t most, std::vector<StoredEvent>& out) {
  std::string sql = kColumns;
  if (query.topic) {
    sql += kind == nullptr ? kOfTopic : kOfTopicAndKind;
  } else {
    sql += kind == nullptr ? kOfCluster : kOfKind;
  }
  sql += kFilter;
  Statement found{*connection_, sql};
  // SQLite ignores the values of parameters that the statement does not have.
  found.bind(cluster.number, query.before.value_or(std::numeric_limits<std::int64_t>::max()),
             query.from.value_or(Time::min()), query.to.value_or(Time::max()), query.partition,
             static_cast<std::int64_t>(most), kind == nullptr ? std::string_view{} : *kind,
             or_empty(query.topic));
  while (found.step())
    out.push_back({.id = found.integer(0),
                   .cluster = cluster.id,
                   .kind = std::string(found.text(1)),
                   .topic = std::string(found.text(2)),
                   .partition = found.small_integer(3),
                   .broker = found.small_integer(4),
                   .from = found.time(5),
                   .to = found.time(6),
                   .details = std::string(found.text(7))});
}

}  // namespace kie::history
