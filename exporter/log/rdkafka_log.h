#pragma once

#include "config/config.h"

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace kie {

/// Logs librdkafka's lines: the same complaint about the same broker once until a poll is complete
/// after one that was not (all_well()), after that at level debug. A closed connection alone is not
/// a complaint: brokers close idle connections, and all of them when they stop. Thread: any.
class RdkafkaLog {
 public:
  explicit RdkafkaLog(std::string cluster) : cluster_(std::move(cluster)) {}

  void line(config::LogLevel level, std::string_view facility, std::string_view text);
  void all_well();
  /// librdkafka's last reason why a broker could not be reached; "" if there is none. Its errors
  /// say only that no broker could.
  std::string last_reason();
  /// A poll was answered: earlier reasons do not explain a later failure.
  void forget_reason();

 private:
  std::string cluster_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> reported_;
  std::string last_reason_;
};

}  // namespace kie
