#include "exporter/history/writer.h"

#include <algorithm>

namespace kie::history {
namespace {

using std::chrono::steady_clock;

/// The most time for pruning, beyond as many events as were just written.
constexpr std::chrono::milliseconds kPruneTime{5};
constexpr std::int64_t kPruneEvents = 1'000;
/// Events between two checks of the clock.
constexpr std::int64_t kPruneStep = 100;
/// The WAL may have one part in so many of the file's limit: enough to write much at once.
constexpr std::int64_t kWalShare = 32;
constexpr std::int64_t kMostWal = 4 << 20;

constexpr const char* kPutCluster = "INSERT OR IGNORE INTO clusters(id) VALUES (?)";
constexpr const char* kPutClusterState = "UPDATE clusters SET state = ?2 WHERE id = ?1";
constexpr const char* kPutTopic =
    "INSERT INTO topics(cluster, topic, state) "
    "VALUES ((SELECT number FROM clusters WHERE id = ?1), ?2, ?3) "
    "ON CONFLICT(cluster, topic) DO UPDATE SET state = excluded.state";
constexpr const char* kRemoveTopic =
    "DELETE FROM topics WHERE cluster = (SELECT number FROM clusters WHERE id = ?) AND topic = ?";
constexpr const char* kRemoveTopics =
    "DELETE FROM topics WHERE cluster = (SELECT number FROM clusters WHERE id = ?)";
constexpr const char* kPutWatched =
    "INSERT OR REPLACE INTO watched(name, servers, cluster) VALUES (?, ?, ?)";
constexpr const char* kPutEvent =
    "INSERT INTO events "
    "VALUES (?2, (SELECT number FROM clusters WHERE id = ?1), ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
constexpr const char* kDropOldest =
    "DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ?)";
// Ids grow with time, so expired events are among the first.
constexpr const char* kDropExpired =
    "DELETE FROM events WHERE id IN (SELECT id FROM events ORDER BY id LIMIT ?) AND until < ?";

}  // namespace

tl::expected<std::unique_ptr<DatabaseWriter>, SqliteFailure> DatabaseWriter::open(
    const std::string& file, const std::string& vfs, const HistoryLimits& limits) {
  const auto wal_bytes = std::min(kMostWal, limits.max_bytes / kWalShare);
  Unusable unusable;
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto connection = open_to_write(file, vfs, wal_bytes);
    if (connection) {
      std::unique_ptr<DatabaseWriter> writer{
          new DatabaseWriter{limits, wal_bytes, std::move(*connection)}};
      auto failure = writer->connection_->take_failure();
      if (!failure) return writer;
      writer->abandon();
      // The tables do not match the version.
      unusable.defect.reset();
      if (failure->primary() == SQLITE_ERROR || failure->is_damage())
        unusable.defect = Defect::kDamaged;
      unusable.failure = std::move(*failure);
    } else {
      unusable = std::move(connection.error());
    }
    if (!unusable.defect) break;
    if (auto done = set_aside(file, *unusable.defect, unusable.failure.text); !done)
      return tl::make_unexpected(std::move(done.error()));
  }
  return tl::make_unexpected(std::move(unusable.failure));
}

DatabaseWriter::DatabaseWriter(const HistoryLimits& limits, std::int64_t wal_bytes,
                               std::unique_ptr<Connection> connection)
    : limits_(limits),
      wal_bytes_(wal_bytes),
      max_file_bytes_(limits.max_bytes - wal_bytes),
      connection_(std::move(connection)),
      put_cluster_(*connection_, kPutCluster),
      put_cluster_state_(*connection_, kPutClusterState),
      put_topic_(*connection_, kPutTopic),
      remove_topic_(*connection_, kRemoveTopic),
      remove_topics_(*connection_, kRemoveTopics),
      put_watched_(*connection_, kPutWatched),
      put_event_(*connection_, kPutEvent),
      drop_oldest_(*connection_, kDropOldest),
      drop_expired_(*connection_, kDropExpired),
      page_bytes_(connection_->integer("PRAGMA page_size").value_or(0)),
      last_id_(connection_->integer("SELECT max(id) FROM events").value_or(0)) {}

std::optional<SqliteFailure> DatabaseWriter::write(const Unwritten& changes) {
  connection_->run("BEGIN IMMEDIATE");
  put(changes);
  return commit();
}

std::optional<SqliteFailure> DatabaseWriter::commit() {
  connection_->run("COMMIT");
  auto failure = connection_->take_failure();
  if (failure) connection_->roll_back();
  return failure;
}

void DatabaseWriter::put(const Unwritten& changes) {
  for (const auto& [cluster, rows] : changes.clusters) {
    put_cluster_.run(cluster);
    if (rows.whole) remove_topics_.run(cluster);
    if (rows.state) put_cluster_state_.run(cluster, Blob{*rows.state});
    for (const auto& [topic, state] : rows.topics) {
      if (state) {
        put_topic_.run(cluster, topic, Blob{*state});
      } else {
        remove_topic_.run(cluster, topic);
      }
    }
  }
  for (const auto& [entry, cluster] : changes.watched)
    put_watched_.run(entry.first, entry.second, cluster);
  for (const auto& event : changes.events) {
    put_cluster_.run(event.cluster);
    put(event);
  }
}

void DatabaseWriter::put(const StoredEvent& event) {
  put_event_.run(event.cluster, event.id, event.kind, event.topic, event.partition, event.broker,
                 event.from, event.to, event.details);
}

DatabaseWriter::Pages DatabaseWriter::pages() {
  return {connection_->integer("PRAGMA page_count").value_or(0),
          connection_->integer("PRAGMA freelist_count").value_or(0)};
}

std::optional<SqliteFailure> DatabaseWriter::tidy(std::size_t just_written) {
  connection_->run("BEGIN IMMEDIATE");
  prune(just_written);
  auto failure = commit();
  if (!failure && connection_->wal_pages() * page_bytes_ >= wal_bytes_) {
    connection_->run("PRAGMA wal_checkpoint(PASSIVE)");
    failure = connection_->take_failure();
  }
  return failure;
}

void DatabaseWriter::prune(std::size_t just_written) {
  const auto until = steady_clock::now() + kPruneTime;
  const auto expired = std::chrono::system_clock::now() - limits_.max_age;
  const auto owed = static_cast<std::int64_t>(just_written);
  const auto most = std::max(kPruneEvents, owed);
  auto now = pages();
  for (std::int64_t done = 0; done < most; done += kPruneStep) {
    if (done >= owed && steady_clock::now() >= until) break;
    if ((now.all - now.free) * page_bytes_ > max_file_bytes_) {
      drop_oldest_.run(kPruneStep);
    } else {
      drop_expired_.run(kPruneStep, expired);
    }
    if (connection_->failed() || connection_->changes() == 0) break;
    now = pages();
  }
  // New rows use the free pages; only those above the limit are returned to the file system.
  while (now.free > 0 && now.all * page_bytes_ > max_file_bytes_ && !connection_->failed()) {
    connection_->run("PRAGMA incremental_vacuum(32)");
    now = pages();
    if (steady_clock::now() >= until) break;
  }
}

}  // namespace kie::history
