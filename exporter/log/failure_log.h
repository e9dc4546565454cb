#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace kie {

/// Logs a repeated failure only when it starts and when it ends.
/// Thread: one.
class FailureLog {
 public:
  /// `cluster`: a field of each line; empty: none.
  explicit FailureLog(std::string cluster) : cluster_(std::move(cluster)) {}

  /// `what` fails now with `error`, or works (nullopt). `help`: what to do about it.
  void report(const std::string& what, const std::optional<std::string>& error,
              const std::string& help = {});

 private:
  std::string cluster_;
  std::map<std::string, std::chrono::steady_clock::time_point> since_;
};

}  // namespace kie
