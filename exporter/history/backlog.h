#pragma once

#include "exporter/history/event.h"
#include "exporter/history/options.h"
#include "exporter/history/unwritten.h"
#include "exporter/log/failure_log.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace kie::history {

/// Committed changes that are not in the file yet. As long as the file is written in time, a commit
/// waits for it, and events are read from the file only. A commit that has waited too long, or a
/// write that failed, makes the file `behind`: from then on no commit waits, and what is not
/// written is read from here, until everything is in the file again.
/// Thread: any, unless stated otherwise.
class Backlog {
 public:
  using Clock = std::chrono::steady_clock;

  /// `file`: empty if there is none; then nothing is ever written.
  Backlog(const Options& options, std::string file);

  /// Returns when the change is in the file, or the file is behind.
  void commit(const std::string& cluster, Change change);
  /// Waits for nothing.
  void remember(const std::string& cluster, const WatchedEntry& entry);

  /// The newest events that match the query, `most` at most.
  std::vector<StoredEvent> events(const EventQuery& query, std::size_t most) const;
  std::optional<std::string> find(const WatchedEntry& entry) const;
  ClusterRows rows(const std::string& cluster) const;
  bool is_behind() const;

  /// Waits for the first try to open the file. If it takes longer, the file is behind.
  void await_first_try(std::chrono::milliseconds most);
  /// Ends all callbacks. Returns the number of events still to be written.
  std::size_t leave();
  void count_exception(const std::string& error);

  // For the writing thread only. Each take() is followed by written() or failed().

  /// Takes all changes when there are some or the last try failed, but not before that time, and at
  /// once when stop is requested. Returns false if it was; this call is then the last.
  bool take(const std::stop_token& stop, Clock::time_point not_before);
  /// The changes taken. Read without the mutex, as other threads only read it.
  const Unwritten& taken() const { return taken_; }
  /// The highest id in the file; ids of new events must be higher.
  void number_after(std::int64_t last_id);
  void written();
  void failed(const std::string& why);

 private:
  // With mutex_ held.
  void number(const std::string& cluster, std::vector<StoredEvent>& events);
  void fall_behind(const std::string& why);
  void give_back();
  void drop_oldest();

  const std::string file_;
  const std::chrono::milliseconds max_age_;
  const std::chrono::milliseconds commit_wait_;
  const std::size_t max_unwritten_;

  /// Guards all below.
  mutable std::mutex mutex_;
  std::condition_variable_any work_;
  std::condition_variable_any settled_;
  std::function<void(std::size_t)> dropped_;
  std::function<void(const std::string& error)> count_;
  Unwritten unwritten_;
  /// Changed only by the writing thread.
  Unwritten taken_;
  std::int64_t last_id_ = 0;
  /// Number of commits so far, of those taken, and of those in the file.
  std::uint64_t committed_ = 0, taken_to_ = 0, written_to_ = 0;
  bool was_tried_ = false;
  bool has_failed_ = false;
  bool is_behind_ = false;
  FailureLog failure_log_{""};
};

}  // namespace kie::history
