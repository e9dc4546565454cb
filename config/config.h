#pragma once

#include "config/problem.h"
#include "config/secret.h"
#include "config/topic_filter.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kie::config {

using std::chrono::milliseconds;

/// A librdkafka property as the operator wrote it, with ${ENV} and *_file already resolved. Every
/// value is held as a secret, because which ones are is librdkafka's to know.
struct Property {
  std::string name;
  Secret value;
  Place place;
};

struct Cluster {
  /// The value of the label kafka_cluster. Empty: no such label.
  std::string name;
  /// HOST:PORT of one to three brokers to start from; the others are learnt.
  std::vector<std::string> servers;
  /// How often everything is asked. A shrink shows at most this much later than in Metadata.
  milliseconds poll_interval = std::chrono::seconds{10};
  /// The longest that anybody waits for one answer.
  milliseconds request_timeout = std::chrono::seconds{3};
  /// How often topic and broker settings are read; new topics are read at once.
  milliseconds config_interval = std::chrono::minutes{5};
  /// How often the ids of all topics are read, to notice a topic that was made anew.
  milliseconds topic_id_interval = std::chrono::minutes{1};
  /// How many brokers there should be, as kafka_expected_brokers. Never learnt.
  std::optional<std::int64_t> expected_brokers;
  TopicFilter topics;
  std::vector<Property> librdkafka;

  /// State gauges that were not refreshed for this long are left out.
  milliseconds staleness() const { return 3 * poll_interval; }
};

struct Web {
  /// HOST:PORT, [IPV6]:PORT or :PORT for every address of both families.
  std::string listen_address = ":10033";
  std::string telemetry_path = "/metrics";
  /// Connections served at a time, each by a thread of its own; more wait.
  std::int64_t max_connections = 64;
  /// A client that sends or takes nothing for this long is cut off.
  milliseconds request_timeout = std::chrono::seconds{5};
};

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

struct Log {
  LogLevel level = LogLevel::kInfo;
};

struct Config {
  Web web;
  Log log;
  std::vector<Cluster> clusters;
};

}  // namespace kie::config
