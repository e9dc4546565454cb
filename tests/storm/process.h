#pragma once

#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace kie::storm {

/// A process that has not started by then does not start.
inline constexpr std::chrono::seconds kLongestStart{60};

/// A process that sends messages of JSON until it ends or is killed.
class Process {
 public:
  /// `run` gets its end of the socket and ends the process.
  explicit Process(const std::function<void(int socket)>& run);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  /// Unless it has been waited for: its number may be another's then.
  void kill() const {
    if (pid_ > 0) ::kill(pid_, SIGKILL);
  }

  /// The next message; nullopt: it has ended, or the time is over.
  std::optional<nlohmann::json> next(std::chrono::steady_clock::time_point until);
  bool has_ended() const { return has_ended_; }

  /// Until it has ended; its status, 0 if it was waited for before.
  int wait();

 private:
  int socket_ = -1;
  pid_t pid_ = -1;
  bool has_ended_ = false;
  std::vector<char> buffer_ = std::vector<char>(1 << 20);
};

}  // namespace kie::storm
