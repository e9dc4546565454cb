#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

namespace kie::history {

/// A thread that can be left to itself where its end does not come: a disk that hangs holds those
/// who use it, and no signal frees them. Thread: one.
class LeavableThread {
 public:
  /// `name`: at most 15 characters. `body` must own what it uses.
  LeavableThread(const char* name, std::function<void(const std::stop_token&)> body);
  /// Left, if it was not ended.
  ~LeavableThread();
  LeavableThread(const LeavableThread&) = delete;
  LeavableThread& operator=(const LeavableThread&) = delete;

  /// Asks it to stop and waits. False: it is left.
  bool end(std::chrono::steady_clock::time_point until);

 private:
  struct Ended;

  std::shared_ptr<Ended> ended_;
  std::jthread thread_;
};

}  // namespace kie::history
