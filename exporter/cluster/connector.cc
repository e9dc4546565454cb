#include "exporter/cluster/connector.h"

#include <utility>

namespace kie {

Connector::Connector(const config::ClusterConfig& config, std::shared_ptr<RdkafkaLog> log,
                     std::unique_ptr<ClusterConnection> connection)
    : log_(std::move(log)), connection_(std::move(connection)), failure_log_(config.name) {
  if (connection_) server_check_.start(config);
}

kafka::Result<ClusterConnection*> Connector::open(const config::ClusterConfig& config) {
  if (connection_) return connection_.get();
  auto opened = ClusterConnection::open(config, log_);
  failure_log_.report("connecting", opened ? std::nullopt : std::optional{opened.error().text});
  if (!opened) return tl::make_unexpected(std::move(opened.error()));
  connection_ = std::move(*opened);
  server_check_.start(config);
  return connection_.get();
}

void Connector::replace(std::unique_ptr<ClusterConnection> connection,
                        const config::ClusterConfig& config, bool same_servers) {
  if (!same_servers) {
    broker_addresses_.clear();
  } else if (auto known = connection_ ? connection_->known_addresses() : std::vector<std::string>{};
             !known.empty()) {
    broker_addresses_ = std::move(known);
  }
  log_ = connection->log();
  connection_ = std::move(connection);
  connection_->add_addresses(broker_addresses_);
  server_check_.start(config);
}

}  // namespace kie
