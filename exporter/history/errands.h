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

/// The result of an errand.
enum class ErrandResult : std::uint8_t {
  kDone,
  /// It threw an exception.
  kFailed,
  kTooLate,
  /// Earlier work was too late, and has not ended since.
  kStuck,
  kRefused,
};

/// Work that one thread does for others, which wait a limited time: it may hang for ever.
/// Thread: any.
class Errands {
 public:
  /// Waits for `most`. `work` must own what it uses, as it may still run when this returns; until
  /// it has ended all other work is kStuck.
  ErrandResult run_within(std::chrono::milliseconds most, std::function<void()> work);
  /// From now on run_within() returns kRefused at once.
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
