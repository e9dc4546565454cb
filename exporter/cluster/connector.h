#pragma once

#include "config/config.h"
#include "exporter/cluster/cluster_connection.h"
#include "exporter/cluster/server_check.h"
#include "exporter/log/failure_log.h"
#include "exporter/log/log.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kie {

/// Keeps one cluster's connection: tries to open it until librdkafka accepts the configuration, and
/// keeps the addresses of the brokers when it is replaced.
/// Thread: the cluster's poll thread.
class Connector {
 public:
  /// `connection`: nullptr: none is open yet. `log` receives librdkafka's lines.
  Connector(const config::ClusterConfig& config, std::shared_ptr<RdkafkaLog> log,
            std::unique_ptr<ClusterConnection> connection);

  /// The connection, opened now if there was none; an error if librdkafka refuses `config`.
  kafka::Result<ClusterConnection*> open(const config::ClusterConfig& config);

  /// nullptr: none is open.
  ClusterConnection* get() { return connection_.get(); }

  /// Uses another connection from now on. `same_servers`: the known brokers lead to the cluster,
  /// too.
  void replace(std::unique_ptr<ClusterConnection> connection, const config::ClusterConfig& config,
               bool same_servers);

  /// Why the configured servers cannot be polled, as far as they answer within `wait`.
  std::optional<std::string> problem(std::chrono::milliseconds wait) {
    return server_check_.problem(wait);
  }

  RdkafkaLog& log() { return *log_; }

 private:
  std::shared_ptr<RdkafkaLog> log_;
  std::unique_ptr<ClusterConnection> connection_;
  FailureLog failure_log_;
  ServerCheck server_check_;
  /// The addresses of the brokers when one last answered.
  std::vector<std::string> broker_addresses_;
};

}  // namespace kie
