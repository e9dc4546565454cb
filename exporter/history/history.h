#pragma once

#include "exporter/history/change.h"
#include "exporter/history/file.h"
#include "exporter/history/reader.h"
#include "exporter/history/writer.h"
#include "exporter/log/failure_log.h"

#include <tl/expected.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace kie::history {

struct Options {
  /// Empty: memory only.
  std::string path;
  std::chrono::milliseconds max_age = std::chrono::days{90};
  /// Of the file and its WAL. State counts, but is never dropped for it.
  std::int64_t max_bytes = 256LL * 1024 * 1024;
  /// A query that takes longer is given up.
  std::chrono::milliseconds query_time = std::chrono::seconds{2};
  /// While the file cannot be written it is tried again at most this often; ten times less often
  /// if the tries themselves take long.
  std::chrono::milliseconds retry_interval = std::chrono::seconds{1};
  /// Events that wait in memory for the file, or that are all there is without one.
  std::size_t max_unwritten = 100'000;
  /// Called with the number of events dropped because too many waited for the file. Thread: any.
  std::function<void(std::size_t)> dropped{};
  /// The name of SQLite's way to the files, if not its default. Locks and renames do not go by it.
  std::string vfs{};
};

/// The state of all clusters and the journal of their events, in one SQLite file.
///
/// A commit that returned is in the file: a process that is killed at any moment loses nothing. A
/// power cut may lose the last seconds, and leaves the file whole. While the file cannot be written
/// (a full disk, no permission, no folder) everything goes on in memory and is written as soon as
/// it can be; what is damaged or not a history is renamed and another one begun.
///
/// Thread: any, for all of it. A query waits for no commit and no commit for a query.
class History {
 public:
  /// Fails only if another exporter uses the file.
  static tl::expected<std::unique_ptr<History>, std::string> open(Options options);
  ~History();
  History(const History&) = delete;
  History& operator=(const History&) = delete;

  /// What is stored of the cluster; nothing if the file is damaged, with a line in the log.
  Stored load(const std::string& cluster);

  /// This entry of the configuration is that cluster, so that its history can be found before Kafka
  /// has answered. `servers` is a text of the caller's choice.
  void remember(const std::string& cluster, const std::string& name, const std::string& servers);
  std::optional<std::string> find(const std::string& name, const std::string& servers);

  /// Writes it in one transaction, or keeps it for later.
  void commit(const std::string& cluster, Change change);

  /// Grows when the file is not the one that earlier commits went to, or may lack what load() could
  /// not read: the next commit of each cluster must then be a whole one.
  std::uint64_t generation() const { return generation_; }

  tl::expected<EventPage, QueryError> events(const EventQuery& query);

  struct Figures {
    /// Everything that was committed is in the file; nullopt in memory only.
    std::optional<bool> writable;
    /// Of the file and its WAL; nullopt if there is none.
    std::optional<std::uint64_t> bytes;
  };
  Figures figures() const;

 private:
  using Clock = std::chrono::steady_clock;

  explicit History(Options options);

  // All of these with write_mutex_ held.
  /// nullopt: there is a writer.
  std::optional<Failure> open_writer();
  template <class Write>
  bool try_to_write(std::size_t events, Write write);
  void number(const std::string& cluster, Change& change);
  void renumber_unwritten();
  void keep(const std::string& cluster, Change change);
  void failed(const std::optional<Failure>& failure);

  // With read_mutex_ held.
  tl::expected<Reader*, Failure> reader();
  void cannot_read(const Failure& failure);

  Options options_;
  const std::string file_;
  /// Whether the writer is there and works.
  std::atomic<bool> writable_ = false;
  std::atomic<bool> found_damage_ = false;
  std::atomic<std::uint64_t> generation_ = 0;

  std::mutex write_mutex_;
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<Writer> writer_;
  Clock::time_point retry_at_{};
  std::int64_t last_id_ = 0;
  FailureLog failure_log_{""};

  std::mutex read_mutex_;
  std::unique_ptr<Reader> reader_;
  bool reader_is_immutable_ = false;
  std::uint64_t reader_generation_ = 0;

  /// Changed with write_mutex_ held as well, so whoever has that may read without this.
  mutable std::mutex memory_mutex_;
  Unwritten unwritten_;
};

}  // namespace kie::history
