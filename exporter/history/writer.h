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
  /// Sets aside a file that cannot be used.
  static tl::expected<std::unique_ptr<DatabaseWriter>, SqliteFailure> open(
      const std::string& file, const std::string& vfs, const HistoryLimits& limits);

  /// Writes all changes in one transaction, or none.
  std::optional<SqliteFailure> write(const Unwritten& changes);
  /// Drops events that are too old or do not fit into the file any more: at least as many as were
  /// just written, and more if there is time. Then writes the WAL into the file if it is long,
  /// which waits for the disk.
  std::optional<SqliteFailure> tidy(std::size_t just_written);

  /// The highest event id in the file; 0 if there is none.
  std::int64_t last_id() const { return last_id_; }
  bool has_moved() const { return connection_->has_moved(); }
  /// The file is not changed any more when the writer is destroyed.
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
  /// The limit of the file without its WAL.
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
