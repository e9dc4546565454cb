#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

namespace kie::history {

/// A thread that can be detached if it does not end: a disk that hangs blocks the threads that use
/// it, and no signal ends that. Thread: one.
class LeavableThread {
 public:
  /// `name`: at most 15 characters. `body` must own what it uses.
  LeavableThread(const char* name, std::function<void(const std::stop_token&)> body);
  /// Detaches the thread if it was not ended.
  ~LeavableThread();
  LeavableThread(const LeavableThread&) = delete;
  LeavableThread& operator=(const LeavableThread&) = delete;

  /// Requests stop and waits. False: the thread was detached.
  bool end(std::chrono::steady_clock::time_point until);

 private:
  struct Ended;

  std::shared_ptr<Ended> ended_;
  std::jthread thread_;
};

}  // namespace kie::history
