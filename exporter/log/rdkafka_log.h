#pragma once

#include "config/config.h"

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace kie {

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
