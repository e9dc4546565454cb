#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace kie::history {

struct Options {
  /// Empty: memory only.
  std::string path{};
  std::chrono::milliseconds max_age = std::chrono::days{90};
  /// Of the file and its WAL. State counts, but is never dropped.
  std::int64_t max_bytes = 256LL * 1024 * 1024;
  /// A query that takes longer is aborted.
  std::chrono::milliseconds query_time = std::chrono::seconds{2};
  /// The shortest time between tries while the file cannot be written; up to ten times as long if
  /// the tries themselves take long.
  std::chrono::milliseconds retry_interval = std::chrono::seconds{1};
  /// How long a commit waits for a file that is not behind. The state of a large cluster takes less
  /// if the disk is not slow.
  std::chrono::milliseconds commit_wait{500};
  /// How long open() waits for the file. Its check takes 3 s at most if the disk is not slow.
  std::chrono::milliseconds open_wait = std::chrono::seconds{10};
  /// How long readers wait for the disk; queries: in addition to query_time.
  std::chrono::milliseconds read_wait = std::chrono::seconds{3};
  /// How long the destructor waits for the file.
  std::chrono::milliseconds end_wait = std::chrono::seconds{2};
  /// The most events that wait in memory for the file, besides those being written; without a file:
  /// the most events.
  std::size_t max_unwritten = 100'000;
  /// Called with the number of events dropped because too many waited for the file. Thread: any.
  /// Must not call the history.
  std::function<void(std::size_t)> dropped{};
  /// Called with each exception that a thread of the history caught. The same holds.
  std::function<void(const std::string& error)> failed{};
  /// The name of SQLite's VFS, if not the default. Locks and renames do not use it.
  std::string vfs{};
};

}  // namespace kie::history
