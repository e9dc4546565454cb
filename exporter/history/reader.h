#pragma once

#include "exporter/history/change.h"
#include "exporter/history/sqlite.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kie::history {

/// Reads the file while it is written. Thread: one at a time.
class DatabaseReader {
 public:
  explicit DatabaseReader(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  tl::expected<Stored, SqliteFailure> load(const std::string& cluster);
  tl::expected<std::optional<std::string>, SqliteFailure> find(const std::string& name,
                                                               const std::string& servers);
  /// The newest `most` events that match the query, without its own limit. SQLITE_INTERRUPT if it
  /// takes longer than `time`.
  tl::expected<std::vector<StoredEvent>, SqliteFailure> events(const EventQuery& query,
                                                               std::size_t most,
                                                               std::chrono::milliseconds time);

 private:
  struct Cluster {
    std::int64_t number;
    std::string id;
  };
  std::vector<Cluster> clusters(const std::optional<std::string>& id);
  /// Reads the events of one cluster and, if it is not nullptr, one kind.
  void read(const Cluster& cluster, const std::string* kind, const EventQuery& query,
            std::size_t most, std::vector<StoredEvent>& out);

  std::unique_ptr<Connection> connection_;
};

}  // namespace kie::history
