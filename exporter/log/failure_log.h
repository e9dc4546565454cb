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

/// Logs a failure that repeats when it starts and when it ends, not in between.
/// Thread: one.
class FailureLog {
 public:
  /// `cluster` is put into each line, if it has a name.
  explicit FailureLog(std::string cluster) : cluster_(std::move(cluster)) {}

  /// `what` fails now with `error`, or works (nullopt). `help`: what to do about it.
  void report(const std::string& what, const std::optional<std::string>& error,
              const std::string& help = {});

 private:
  std::string cluster_;
  std::map<std::string, std::chrono::steady_clock::time_point> since_;
};

/// Passes librdkafka's lines on; the same complaint of the same broker only once until all is well
/// again, the rest at level debug. A connection that was closed is no complaint by itself: brokers
/// do that to idle clients and when they end. Thread: any.
class RdkafkaLog {
 public:
  explicit RdkafkaLog(std::string cluster) : cluster_(std::move(cluster)) {}

  void line(config::LogLevel level, std::string_view facility, std::string_view text);
  void all_well();
  /// Why a broker could not be reached, as librdkafka last said; "" if it did not. Its errors say
  /// only that none could.
  std::string last_reason();
  /// A poll was answered: what was said before is not why a later one fails.
  void forget_reason();

 private:
  std::string cluster_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> reported_;
  std::string last_reason_;
};

}  // namespace kie
