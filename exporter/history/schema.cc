#include "exporter/history/schema.h"

#include <array>
#include <cstddef>
#include <string>

namespace kie::history {
namespace {

/// "KIEh". `file` and other tools recognize the format by it, too.
constexpr std::int64_t kApplicationId = 0x4b494568;

/// Other tables refer to clusters by number, to keep rows and indexes small. The indexes on events
/// begin with the column of the query, continue with the id, which is the order of the answer, and
/// end with the other filtered columns: rows that do not match are skipped without being read.
constexpr std::array kSteps{R"(
CREATE TABLE clusters(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state BLOB);
CREATE TABLE topics(
  cluster INTEGER NOT NULL, topic TEXT NOT NULL, state BLOB NOT NULL, UNIQUE(cluster, topic));
CREATE TABLE watched(
  name TEXT NOT NULL, servers TEXT NOT NULL, cluster TEXT NOT NULL, UNIQUE(name, servers));
CREATE TABLE events(
  id INTEGER PRIMARY KEY, cluster INTEGER NOT NULL, kind TEXT NOT NULL, topic TEXT NOT NULL,
  partition INTEGER, broker INTEGER, since INTEGER NOT NULL, until INTEGER NOT NULL,
  details TEXT NOT NULL);
CREATE INDEX events_by_cluster ON events(cluster, id, until, partition);
CREATE INDEX events_by_kind ON events(cluster, kind, id, until, partition);
CREATE INDEX events_by_topic ON events(cluster, topic, id, until, partition, kind);
)"};

constexpr std::int64_t kVersion = kSteps.size();

}  // namespace

Origin origin_of(Connection& connection) {
  const auto id = connection.integer("PRAGMA application_id").value_or(0);
  const auto version = connection.integer("PRAGMA user_version").value_or(0);
  const auto tables = connection.integer("SELECT count(*) FROM sqlite_schema").value_or(0);
  if (id == 0 && version == 0 && tables == 0) return Origin::kEmpty;
  if (id != kApplicationId || version < 1) return Origin::kForeign;
  if (version > kVersion) return Origin::kNewer;
  return version == kVersion ? Origin::kCurrent : Origin::kOlder;
}

std::span<const char* const> schema_steps() { return kSteps; }

void migrate(Connection& connection, std::span<const char* const> steps) {
  const auto version = connection.integer("PRAGMA user_version");
  if (!version) return;
  connection.run("BEGIN IMMEDIATE");
  for (auto step = static_cast<std::size_t>(*version); step < steps.size(); ++step)
    connection.run(steps[step]);
  connection.run("PRAGMA application_id = " + std::to_string(kApplicationId));
  connection.run("PRAGMA user_version = " + std::to_string(steps.size()));
  connection.run("COMMIT");
}

}  // namespace kie::history
