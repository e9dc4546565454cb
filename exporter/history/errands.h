#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

namespace kie::history {

/// Runs work in one thread for others, which wait only for a limited time, as it may hang forever.
/// Thread: any.
class Errands {
 public:
  /// Returns whether it was done in that time. `work` must own what it uses, as it may still be
  /// running. Until it has ended, other calls return false at once.
  bool run_within(std::chrono::milliseconds most, std::function<void()> work);
  /// From now on nobody waits, and nothing is done for those who ask.
  void refuse();

  /// Runs work until stop is requested. An exception of the work is passed on.
  void run(const std::stop_token& stop);

 private:
  struct Errand {
    std::function<void()> work;
    bool is_done = false;
    bool is_over = false;
  };

  /// Guards all below.
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::shared_ptr<Errand>> waiting_;
  std::shared_ptr<Errand> current_;
  /// The caller of the current work has given up.
  bool is_stuck_ = false;
  bool is_refused_ = false;
};

}  // namespace kie::history
