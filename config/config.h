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

/// A librdkafka property as the operator wrote it, with ${ENV} and *_file already resolved. Every
/// value is held as a secret, because which ones are is librdkafka's to know.
struct Property {
  std::string name;
  Secret value;
  SourceLocation place;
  /// Of what was in the file that the value names, if librdkafka reads it only once: a renewed
  /// certificate is another one, though its name is the same. 0 where there is no such file.
  std::size_t content_hash = 0;

  /// Where it was written changes nothing.
  bool operator==(const Property& other) const {
    return name == other.name && value == other.value && content_hash == other.content_hash;
  }
};

/// Of which partitions there are series; cluster and topic families are always there.
enum class PartitionMetrics : std::uint8_t { kAll, kUnhealthy, kNone };

/// A finding that is meant to be as it is.
struct Exemption {
  /// The rule's id.
  std::string rule;
  /// Of the finding: the topic, the broker's id, the setting, or the client.id.
  TopicFilter names;
  /// For whoever asks why nothing is said.
  std::string reason;

  bool operator==(const Exemption&) const = default;
};

/// What is not a yes or no in the rules of settings.
struct RiskConfig {
  milliseconds min_producer_id_expiration = std::chrono::hours{1};
  milliseconds min_transactional_id_expiration = std::chrono::hours{24};
  /// The longest pause of a producer that goes on afterwards.
  std::optional<milliseconds> producer_idle_gap;
  milliseconds max_lag_time = std::chrono::minutes{1};
  milliseconds min_delivery_timeout = std::chrono::seconds{30};
  milliseconds min_retry_time = std::chrono::seconds{30};
  /// Of one client.id on one host within an hour.
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
  /// Where the [[cluster]] stands, or the flag that made it.
  SourceLocation place;
  /// The value of the label kafka_cluster. Empty: no such label.
  std::string name;
  /// HOST:PORT of one to three brokers to start from; the others are learnt.
  std::vector<std::string> servers;
  /// How often everything is asked. A shrink shows at most this much later than in Metadata.
  milliseconds poll_interval = std::chrono::seconds{10};
  /// How often topics with an unhealthy partition are looked at between polls.
  milliseconds watch_interval = std::chrono::seconds{1};
  /// The longest that anybody waits for one answer.
  milliseconds request_timeout = std::chrono::seconds{3};
  /// How often topic and broker settings are read; new topics are read at once.
  milliseconds config_interval = std::chrono::minutes{5};
  /// How many brokers there should be, as kafka_expected_brokers. Never learnt.
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

/// Whether both say the same, wherever they stand.
inline bool same_settings(const ClusterConfig& a, ClusterConfig b) {
  b.place = a.place;
  return a == b;
}

struct WebConfig {
  /// HOST:PORT, [IPV6]:PORT or :PORT for every address of both families. At least one.
  std::vector<std::string> listen_addresses{":10033"};
  std::string telemetry_path = "/metrics";
  /// Connections served at a time, each by a thread of its own; more wait.
  std::int64_t max_connections = 64;
  /// Within it a request has to come in full; a client that takes nothing for as long is cut off.
  milliseconds request_timeout = std::chrono::seconds{5};
  /// Whether POST /-/reload does anything.
  bool enable_lifecycle = false;

  bool operator==(const WebConfig&) const = default;
};

struct HistoryConfig {
  /// Where state and journal are kept. Empty: in memory only.
  std::string file = "kafka-isr-exporter.db";
  /// Events that are older are dropped.
  milliseconds max_age = std::chrono::days{90};
  /// The most bytes that the file may have; the oldest events go first.
  std::int64_t max_size = 256LL * 1024 * 1024;

  bool operator==(const HistoryConfig&) const = default;
};

/// What applications send of their producers.
struct IngestConfig {
  /// HOST:PORT, [IPV6]:PORT, :PORT, or unix:PATH. Empty: nothing is taken.
  std::string listen_address;
  /// What "Authorization: Bearer ..." must have; from token_file.
  Secret token;
  /// Whether anybody may send, without a token.
  bool allow_anonymous = false;
  std::int64_t max_body = 8LL << 20;
  /// Of a body with gzip.
  std::int64_t max_inflated = 64LL << 20;
  std::int64_t max_clients = 1'000;
  std::int64_t max_instances = 10'000;
  /// Bytes of a client.id, a name, a topic and the like.
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
