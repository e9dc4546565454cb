#pragma once

#include "config/config_error.h"
#include "config/secret.h"
#include "config/topic_filter.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::config {

using std::chrono::milliseconds;

/// A librdkafka property as configured, with ${ENV} and *_file already resolved. Every value is
/// held as a secret, because only librdkafka knows which ones are.
struct Property {
  std::string name;
  Secret value;
  SourceLocation place;
  /// Hash of the file that the value names, if librdkafka reads it only once: a renewed certificate
  /// differs although its name is the same. 0: there is no such file.
  std::size_t content_hash = 0;

  /// Ignores the location.
  bool operator==(const Property& other) const {
    return name == other.name && value == other.value && content_hash == other.content_hash;
  }
};

/// The partitions that have series; families of clusters and topics always have.
enum class PartitionMetrics : std::uint8_t { kAll, kUnhealthy, kNone };

/// Findings that are accepted.
struct Exemption {
  /// The rule's id.
  std::string rule;
  /// Of the finding: the topic, the broker's id, the setting, or the client.id.
  TopicFilter names;
  /// Shown with the exempt finding.
  std::string reason;

  bool operator==(const Exemption&) const = default;
};

/// Thresholds and exemptions of the rules of settings.
struct RiskConfig {
  milliseconds min_producer_id_expiration = std::chrono::hours{1};
  milliseconds min_transactional_id_expiration = std::chrono::hours{24};
  /// The longest pause of a producer that continues afterwards.
  std::optional<milliseconds> producer_idle_gap;
  milliseconds max_lag_time = std::chrono::minutes{1};
  milliseconds min_delivery_timeout = std::chrono::seconds{30};
  milliseconds min_retry_time = std::chrono::seconds{30};
  /// For one client.id on one host within an hour.
  std::int64_t max_new_producers = 60;
  std::vector<Exemption> exemptions;

  /// The reason for which the finding is exempt; nullptr if it is not.
  const std::string* exemption(std::string_view rule, std::string_view name) const {
    for (const auto& one : exemptions)
      if (one.rule == rule && one.names.matches(name)) return &one.reason;
    return nullptr;
  }

  bool operator==(const RiskConfig&) const = default;
};

struct ClusterConfig {
  /// The line of the [[cluster]], or the flag that added it.
  SourceLocation place;
  /// The value of the label kafka_cluster. Empty: no such label.
  std::string name;
  /// HOST:PORT of one to three brokers to start from; the others are discovered.
  std::vector<std::string> servers;
  /// How often everything is read. A shrink shows at most this much later than in Metadata.
  milliseconds poll_interval = std::chrono::seconds{10};
  /// How often topics with an unhealthy partition are read between polls.
  milliseconds watch_interval = std::chrono::seconds{1};
  /// The longest wait for one answer.
  milliseconds request_timeout = std::chrono::seconds{3};
  /// How often topic and broker settings are read; new topics are read at once.
  milliseconds config_interval = std::chrono::minutes{5};
  /// The expected number of brokers, as kafka_expected_brokers. Never discovered.
  std::optional<std::int64_t> expected_brokers;
  TopicFilter topics;
  PartitionMetrics partition_metrics = PartitionMetrics::kAll;
  /// The families that kafka_exporter has too.
  bool compatible_metrics = true;
  /// The most series that the cluster may have in the page.
  std::int64_t max_series = 2'000'000;
  std::vector<Property> librdkafka;
  /// Config's.
  RiskConfig risk;

  /// State gauges that were not refreshed for this long are left out.
  milliseconds staleness() const { return 3 * poll_interval; }

  bool operator==(const ClusterConfig& other) const = default;
};

/// Whether both are the same, without their locations.
inline bool same_settings(const ClusterConfig& a, ClusterConfig b) {
  b.place = a.place;
  return a == b;
}

struct WebConfig {
  /// HOST:PORT, [IPV6]:PORT or :PORT for every address of both families. At least one.
  std::vector<std::string> listen_addresses{":10033"};
  std::string telemetry_path = "/metrics";
  /// Connections served at a time, each by its own thread; others wait.
  std::int64_t max_connections = 64;
  /// A request must be complete within this time. A client that reads nothing for so long is
  /// disconnected, and so is one that has not read all of its response after this time and a second
  /// for each 64 KiB.
  milliseconds request_timeout = std::chrono::seconds{5};
  /// Whether POST /-/reload is enabled.
  bool enable_lifecycle = false;

  bool operator==(const WebConfig&) const = default;
};

struct HistoryConfig {
  /// Where state and journal are kept. Empty: in memory only.
  std::string file = "kafka-isr-exporter.db";
  /// Events that are older are dropped.
  milliseconds max_age = std::chrono::days{90};
  /// The most bytes of the file; the oldest events are dropped first.
  std::int64_t max_size = 256LL * 1024 * 1024;

  bool operator==(const HistoryConfig&) const = default;
};

/// How documents of applications' producers are accepted.
struct IngestConfig {
  /// HOST:PORT, [IPV6]:PORT, :PORT, or unix:PATH. Empty: not accepted.
  std::string listen_address;
  /// The required "Authorization: Bearer ..."; from token_file.
  Secret token;
  /// Whether clients may send without a token.
  bool allow_anonymous = false;
  std::int64_t max_body = 8LL << 20;
  /// Unit: bytes of a body after gzip is removed.
  std::int64_t max_inflated = 64LL << 20;
  std::int64_t max_clients = 1'000;
  std::int64_t max_instances = 10'000;
  /// The most bytes of a client.id, a name, a topic and the like.
  std::int64_t max_label = 256;
  /// Lines of offsets in the last reports of all instances together.
  std::int64_t max_offsets = 100'000;

  bool operator==(const IngestConfig&) const = default;
};

enum class LogFormat : std::uint8_t { kLogfmt, kJson };

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarn, kError };

struct LogConfig {
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kLogfmt;
};

struct Config {
  WebConfig web;
  LogConfig log;
  HistoryConfig history;
  IngestConfig ingest;
  RiskConfig risk;
  std::vector<ClusterConfig> clusters;
};

}  // namespace kie::config
