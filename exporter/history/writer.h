#pragma once

#include "exporter/history/file.h"
#include "exporter/history/unwritten.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace kie::history {

struct HistoryLimits {
  std::chrono::milliseconds max_age;
  std::int64_t max_bytes;
};

/// Writes the file. Thread: one at a time.
class DatabaseWriter {
 public:
  /// Sets aside what it cannot use.
  static tl::expected<std::unique_ptr<DatabaseWriter>, SqliteFailure> open(
      const std::string& file, const std::string& vfs, const HistoryLimits& limits);

  /// All of it in one transaction, or nothing.
  std::optional<SqliteFailure> write(const Unwritten& changes);
  /// Drops some of the events that are too old or do not fit into the file any more, in a short
  /// time, but as many as were just written. Then writes the WAL into the file if it is long: that
  /// waits for the disk.
  std::optional<SqliteFailure> tidy(std::size_t just_written);

  /// The highest that the file has; 0 if it has none.
  std::int64_t last_id() const { return last_id_; }
  bool has_moved() const { return connection_->has_moved(); }
  /// The file is left as it is when the writer ends.
  void abandon() { connection_->checkpoint_on_close(false); }

 private:
  DatabaseWriter(const HistoryLimits& limits, std::int64_t wal_bytes,
                 std::unique_ptr<Connection> connection);

  void put(const Unwritten& changes);
  void put(const StoredEvent& event);
  void prune(std::size_t just_written);
  std::optional<SqliteFailure> commit();
  struct Pages {
    std::int64_t all = 0, free = 0;
  };
  Pages pages();

  HistoryLimits limits_;
  std::int64_t wal_bytes_;
  /// What the file may have beside its WAL.
  std::int64_t max_file_bytes_;
  std::unique_ptr<Connection> connection_;
  Statement put_cluster_;
  Statement put_cluster_state_;
  Statement put_topic_;
  Statement remove_topic_;
  Statement remove_topics_;
  Statement put_watched_;
  Statement put_event_;
  Statement drop_oldest_;
  Statement drop_expired_;
  std::int64_t page_bytes_ = 0;
  std::int64_t last_id_ = 0;
};

}  // namespace kie::history
