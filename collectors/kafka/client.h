#pragma once

#include "collectors/kafka/broker_versions.h"
#include "collectors/kafka/codec/error.h"
#include "config/config.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct rd_kafka_s;
struct rd_kafka_conf_s;

namespace kie::kafka {

enum class LogSeverity { kError, kWarning, kInfo, kDebug };

/// Receives librdkafka's log lines. Called from librdkafka's threads, several at a time.
using RdkafkaLogSink =
    std::function<void(LogSeverity severity, std::string_view facility, std::string_view line)>;

/// The connections to the brokers of one cluster: a librdkafka handle that never produces. A
/// producer is its lightest kind.
/// Thread: any; librdkafka's handle is thread-safe.
class KafkaClient {
 public:
  /// Changes a configuration just before a handle is created with it.
  using Prepare = std::function<void(rd_kafka_conf_s* conf)>;

  /// Fails only if librdkafka refuses the configuration; a cluster that cannot be reached is no
  /// error.
  static Result<KafkaClient> create(const config::ClusterConfig& cluster, RdkafkaLogSink sink,
                                    const Prepare& prepare = nullptr);

  rd_kafka_s* handle() const { return handle_.get(); }

  /// The requests that its brokers support.
  BrokerVersions& versions() const { return *versions_; }

  /// Adds former addresses ("host:port") of the cluster's brokers to its servers.
  void add_servers(const std::vector<std::string>& servers) const;

 private:
  struct HandleDeleter {
    void operator()(rd_kafka_s* handle) const noexcept;
  };

  KafkaClient(std::unique_ptr<RdkafkaLogSink> sink, rd_kafka_s* handle)
      : sink_(std::move(sink)), handle_(handle), versions_(std::make_unique<BrokerVersions>()) {}

  // librdkafka logs until its handle is destroyed, so the sink must be destroyed after it.
  std::unique_ptr<RdkafkaLogSink> sink_;
  std::unique_ptr<rd_kafka_s, HandleDeleter> handle_;
  std::unique_ptr<BrokerVersions> versions_;
};

/// The error in a librdkafka property, or nullopt. Never contains the value.
std::optional<std::string> check_property(const std::string& name, const config::Secret& value);

/// The version of librdkafka in use.
std::string librdkafka_version();

}  // namespace kie::kafka
