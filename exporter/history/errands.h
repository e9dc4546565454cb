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

/// Work that one thread does for others, who wait for it only so long: it may hang for ever.
/// Thread: any.
class Errands {
 public:
  /// Whether it was done in that time. `work` must own what it uses: it may be under way still, and
  /// until it has ended nothing else is waited for.
  bool run_within(std::chrono::milliseconds most, std::function<void()> work);

  /// Does them until stop is requested. An exception that leaves one leaves this.
  void run(const std::stop_token& stop);

 private:
  struct Errand {
    std::function<void()> work;
    bool is_done = false;
    bool is_over = false;
  };

  /// Of all below.
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::shared_ptr<Errand>> waiting_;
  std::shared_ptr<Errand> current_;
  /// Whoever asked for the current one has given up.
  bool is_stuck_ = false;
};

}  // namespace kie::history
