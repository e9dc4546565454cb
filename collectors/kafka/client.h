#pragma once

#include "collectors/kafka/error.h"
#include "config/config.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct rd_kafka_s;
struct rd_kafka_conf_s;

namespace kie::kafka {

enum class LogSeverity { kError, kWarning, kInfo, kDebug };

/// Takes librdkafka's own log lines. Called from librdkafka's threads, several at a time.
using LogSink =
    std::function<void(LogSeverity severity, std::string_view facility, std::string_view line)>;

/// A producer is librdkafka's lightest handle, and serves Metadata and the Admin API.
enum class ClientKind : std::uint8_t { kProducer, kConsumer };

/// One connection pool to one cluster: a librdkafka handle that never produces.
/// Thread: any; librdkafka's handle is thread-safe.
class Client {
 public:
  /// The last hand at a configuration before a handle is made of it.
  using Prepare = std::function<void(rd_kafka_conf_s* conf)>;

  /// Fails only on a configuration that librdkafka refuses; a cluster that is not there is no
  /// error.
  static Result<Client> create(const config::Cluster& cluster, LogSink sink,
                               const Prepare& prepare = nullptr,
                               ClientKind kind = ClientKind::kProducer);

  rd_kafka_s* handle() const { return handle_.get(); }

  /// What Metadata named as the cluster's id, if any has come. Does not wait.
  std::optional<std::string> cluster_id() const;

 private:
  struct HandleDeleter {
    void operator()(rd_kafka_s* handle) const noexcept;
  };

  Client(std::unique_ptr<LogSink> sink, rd_kafka_s* handle)
      : sink_(std::move(sink)), handle_(handle) {}

  // librdkafka logs until its handle is gone, so the sink must be destroyed after it.
  std::unique_ptr<LogSink> sink_;
  std::unique_ptr<rd_kafka_s, HandleDeleter> handle_;
};

/// What is wrong with a librdkafka property, or nothing. Never says the value.
std::optional<std::string> check_property(const std::string& name, const config::Secret& value);

/// The version of the librdkafka that runs.
std::string librdkafka_version();

}  // namespace kie::kafka
