#pragma once

#include "collectors/producers/monitor/options.h"
#include "collectors/producers/monitor/producer.h"

#include <semaphore.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace kie::monitor {

/// The one thread of a process that reports all of its producers, and what it knows of them. It
/// lives until the process ends: the process may end while librdkafka's threads still run.
class Monitor {
 public:
  /// The process's own. MonitorOptions are those of the first call.
  static Monitor& instance();

  Monitor(const Monitor&) = delete;
  Monitor& operator=(const Monitor&) = delete;

  const MonitorOptions& options() const { return options_; }
  /// One line for the log file, if there is one. Never waits for the disk.
  void log(const std::string& line) noexcept;
  /// Reports the producer from now on, and logs the first one. False: there are too many, or there
  /// is no thread for it.
  bool add(std::shared_ptr<Producer> producer);
  /// Has the thread read its producers at once. Takes no lock.
  void wake() noexcept;
  /// Changes in a child process, which has none of its parent's threads.
  std::uint32_t generation() const { return generation_.load(std::memory_order_relaxed); }

  /// The last reports, at the end of the process. Unit of its limit: one second for all of them.
  void finish() noexcept;

  /// Around a fork().
  void before_fork() { mutex_.lock(); }
  void after_fork_in_parent() { mutex_.unlock(); }
  void after_fork_in_child() noexcept;

 private:
  using Clock = std::chrono::steady_clock;
  using Producers = std::vector<std::shared_ptr<Producer>>;
  using SomeProducers = std::span<const std::shared_ptr<Producer>>;

  Monitor();
  ~Monitor() = default;

  bool start_thread();
  void run() noexcept;
  /// Reports what is due; `is_last`: all that there is.
  void round(bool is_last);
  /// Sends the reports of `producers`. False: the exporter did not read them, and may the next
  /// time.
  bool send(SomeProducers producers, Clock::time_point deadline);
  /// The same; `documents` are their reports, which are sent in smaller parts if they are too
  /// large.
  bool post(SomeProducers producers, const std::string& documents, Clock::time_point deadline);
  void log_problem(const std::string& problem);
  void forget_ended();
  Producers producers() const;
  void write_log();
  void wait(Clock::time_point until);

  const MonitorOptions options_;
  std::atomic<std::uint32_t> generation_ = 0;
  /// No descriptor, which the host program could close with all that it does not know.
  sem_t woken_{};
  std::atomic<bool> is_woken_ = false;
  std::atomic<int> socket_ = -1;
  std::atomic<bool> is_attached_ = false;

  /// Never held during I/O or a call to a client.
  mutable std::mutex mutex_;
  bool has_thread_ = false;
  Producers producers_;
  std::vector<std::string> log_lines_;
  std::atomic<bool> is_finishing_ = false;
  bool is_finished_ = false;
  std::condition_variable finished_;

  /// Of the thread alone.
  Clock::time_point next_report_{}, next_heartbeat_{};
  std::chrono::milliseconds pause_{};
  std::string last_problem_;
  bool has_logged_too_large_ = false;
  /// The most bytes of several reports in one body; one that is longer goes alone.
  std::size_t most_body_;
};

}  // namespace kie::monitor
