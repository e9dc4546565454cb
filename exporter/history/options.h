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
  /// Of the file and its WAL. State counts, but is never dropped for it.
  std::int64_t max_bytes = 256LL * 1024 * 1024;
  /// A query that takes longer is given up.
  std::chrono::milliseconds query_time = std::chrono::seconds{2};
  /// While the file cannot be written it is tried again at most this often; ten times less often
  /// if the tries themselves take long.
  std::chrono::milliseconds retry_interval = std::chrono::seconds{1};
  /// How long a commit waits for a file that was written in time until now. The state of a large
  /// cluster takes less where the disk is not slow.
  std::chrono::milliseconds commit_wait{500};
  /// How long open() waits for the file. Its check takes 3 s at most if the disk is not slow.
  std::chrono::milliseconds open_wait = std::chrono::seconds{10};
  /// How long whoever reads waits for the disk, for queries beyond query_time.
  std::chrono::milliseconds read_wait = std::chrono::seconds{3};
  /// How long the end waits for the file.
  std::chrono::milliseconds end_wait = std::chrono::seconds{2};
  /// Events that wait in memory for the file, beside those that are just being written; or all that
  /// there are without a file.
  std::size_t max_unwritten = 100'000;
  /// Called with the number of events dropped because too many waited for the file. Thread: any.
  /// Must not call the history.
  std::function<void(std::size_t)> dropped{};
  /// Called with each exception that a thread of the history survived. The same holds.
  std::function<void(const std::string& error)> failed{};
  /// The name of SQLite's way to the files, if not its default. Locks and renames do not go by it.
  std::string vfs{};
};

}  // namespace kie::history
