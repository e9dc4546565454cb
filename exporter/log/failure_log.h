#pragma once

#include "exporter/log/log.h"

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

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

/// Logs librdkafka's lines. Repeated messages about the same broker are at level debug until
/// all_well(). So are closed connections: brokers close idle ones, and all when they stop.
/// Thread: any.
class RdkafkaLog {
 public:
  explicit RdkafkaLog(std::string cluster) : cluster_(std::move(cluster)) {}

  void line(config::LogLevel level, std::string_view facility, std::string_view text);
  void all_well();
  /// librdkafka's last reason why a broker could not be reached; "": none. Its errors only say that
  /// no broker could.
  std::string last_reason();
  /// Call when a poll was answered: earlier reasons do not apply to a later failure.
  void forget_reason();

 private:
  std::string cluster_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> reported_;
  std::string last_reason_;
};

}  // namespace kie
