#pragma once

#include "exporter/history/backlog.h"
#include "exporter/history/file.h"
#include "exporter/history/file_state.h"
#include "exporter/history/options.h"
#include "exporter/history/writer.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace kie::history {

/// Writes the backlog to the file, opens and creates the file, and sets it aside.
/// Thread: the writing thread, except bytes().
class FileWriter {
 public:
  /// `lock`: nullptr if it could not be made, which is tried again.
  FileWriter(const Options& options, std::string file, std::unique_ptr<FileLock> lock,
             Backlog& backlog, FileState& state);

  /// Writes until stop is requested, and then tries once more to write what is left.
  void run(const std::stop_token& stop);
  /// Closes the file and releases its lock.
  void close();

  /// The size of the file and its WAL when last written; nullopt if there was none.
  std::optional<std::uint64_t> bytes() const;

 private:
  using Clock = std::chrono::steady_clock;

  void write();
  std::optional<SqliteFailure> try_to_write();
  std::optional<SqliteFailure> open();
  void measure();

  const std::string vfs_;
  const HistoryLimits limits_;
  const std::chrono::milliseconds retry_interval_;
  const std::string file_;
  Backlog& backlog_;
  FileState& state_;
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<DatabaseWriter> writer_;
  /// What writer_ has open began with this generation. Later ones may be the same file.
  std::uint64_t opened_generation_ = 0;
  /// tidy() found damage in it.
  bool is_damaged_ = false;
  Clock::time_point retry_at_{};
  /// -1: there is none.
  std::atomic<std::int64_t> bytes_ = -1;
};

}  // namespace kie::history
