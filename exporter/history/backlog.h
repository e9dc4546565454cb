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

/// What was committed on its way to the file. As long as the file is written in time a commit waits
/// for it, and its events are shown by the file alone. A commit that has waited too long, or a
/// write that failed, makes the file `behind`: from then on nobody waits, and what is not written
/// is shown from here, until everything is in the file again.
/// Thread: any, but for what says otherwise.
class Backlog {
 public:
  using Clock = std::chrono::steady_clock;

  /// `file` is empty where there is none: nothing is written, ever.
  Backlog(const Options& options, std::string file);

  /// Returns when it is in the file, or the file is behind.
  void commit(const std::string& cluster, Change change);
  /// Waits for nothing.
  void remember(const std::string& cluster, const WatchedEntry& entry);

  /// The newest that the query wants, `most` at most.
  std::vector<StoredEvent> events(const EventQuery& query, std::size_t most) const;
  std::optional<std::string> find(const WatchedEntry& entry) const;
  Unwritten::Cluster rows(const std::string& cluster) const;
  bool is_behind() const;

  /// Waits until the file was tried for the first time, which makes it behind if it takes longer.
  void await_first_try(std::chrono::milliseconds most);
  /// The end of those who are called back. How many events are still to be written.
  std::size_t leave();
  void count_exception(const std::string& error);

  // The thread that writes, alone. Each take() is followed by written() or failed().

  /// Takes all there is, when there is something or the last try failed, but not before that time,
  /// and at once when stop is requested. False: it was, and this is the last.
  bool take(const std::stop_token& stop, Clock::time_point not_before);
  /// What was taken. Without the mutex: others only read it.
  const Unwritten& taken() const { return taken_; }
  /// The file has ids up to this one, so that those of events must be higher.
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

  /// Of all below.
  mutable std::mutex mutex_;
  std::condition_variable_any work_;
  std::condition_variable_any settled_;
  std::function<void(std::size_t)> dropped_;
  std::function<void(const std::string& error)> count_;
  Unwritten unwritten_;
  /// Changed by the thread that writes alone.
  Unwritten taken_;
  std::int64_t last_id_ = 0;
  /// Commits so far, and of these those that were taken, and that are in the file.
  std::uint64_t committed_ = 0, taken_to_ = 0, written_to_ = 0;
  bool was_tried_ = false;
  bool has_failed_ = false;
  bool is_behind_ = false;
  /// Behind because it takes long, as far as is known.
  bool is_slow_ = false;
  FailureLog failure_log_{""};
};

}  // namespace kie::history
