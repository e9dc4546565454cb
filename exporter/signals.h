#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace kie {

/// From here on SIGHUP waits for `Signals`, instead of ending a process that is still starting.
void hold_reloads();

/// The signals that the process answers. A thread of its own takes them from here on, because the
/// start of the program can hang, too.
/// Thread: made before all other threads, which inherit that the signals are blocked; the rest any.
class Signals {
 public:
  /// `end_begins`: called by the thread at the first SIGTERM or SIGINT.
  explicit Signals(std::function<void()> end_begins);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  /// Returns when SIGTERM or SIGINT has come.
  void await_end();
  /// Waits for a SIGHUP that came after the one before was awaited. False: stop is requested.
  bool await_reload(const std::stop_token& stop);

 private:
  void run(const std::stop_token& stop);
  void take(int signal);

  const std::function<void()> end_begins_;
  /// Of all below.
  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool is_ending_ = false;
  bool is_reload_asked_ = false;
  /// Last: it uses the rest.
  std::jthread thread_;
};

/// Exits with code 0 when the shutdown takes longer than its limit. Thread: any.
class Deadline {
 public:
  /// From now on the end may take so long. Once.
  void begin(std::chrono::milliseconds limit);
  /// What is waited for now, for the log; it may take `more` than what is left.
  void awaits(const std::string& what, std::chrono::milliseconds more = {});

 private:
  void run(const std::stop_token& stop);

  /// Of what_ and until_.
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::string what_ = "the start";
  std::chrono::steady_clock::time_point until_;
  /// Last: it uses the rest. Not before begin(), because signals must be blocked in it.
  std::jthread thread_;
};

}  // namespace kie
