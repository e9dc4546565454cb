#pragma once

#include "collectors/kafka/controller_probe.h"
#include "collectors/kafka/session.h"
#include "collectors/kafka/snapshot_reader.h"
#include "exporter/cluster/cluster_reader.h"
#include "exporter/log/rdkafka_log.h"

#include <memory>
#include <string>
#include <vector>

namespace kie {

/// The clients with which a worker asks its cluster.
/// Thread: one at a time; client() may be used by others.
class ClusterConnection : public ClusterReader {
 public:
  /// Fails if librdkafka refuses the configuration, or a file that it names; a cluster that cannot
  /// be reached is no error. `log` receives both.
  static kafka::Result<std::unique_ptr<ClusterConnection>> open(
      const config::ClusterConfig& cluster, std::shared_ptr<RdkafkaLog> log);

  const std::shared_ptr<RdkafkaLog>& log() const { return log_; }
  const std::shared_ptr<const kafka::KafkaClient>& client() const { return session_.client(); }

  /// The last known addresses of the brokers. They are tried as well as the configured servers.
  std::vector<std::string> known_addresses() const;
  void add_addresses(const std::vector<std::string>& addresses);

  /// Asks for the controller. `polled`: when the poll began; brokers that have answered since
  /// count as answering.
  void ask_controller(model::Instant polled) { controller_.ask(session_.answering_since(polled)); }
  /// When take_controller() has an answer at the latest; nullopt: none is asked for.
  std::optional<model::Instant> controller_due() const { return controller_.due(); }
  /// Drops a controller request that is in progress.
  void drop_controller() { controller_.drop(); }

  kafka::Result<kafka::SnapshotReport> read(model::Instant at, const kafka::Known& known) override;
  kafka::Result<kafka::SnapshotReport> read_topics(model::Instant at,
                                                   const std::vector<std::string>& topics,
                                                   const kafka::Known& known) override;
  std::vector<BrokerId> listed() const override;
  kafka::ConfigsReport read_configs(model::Configs& configs, const std::vector<std::string>& topics,
                                    const std::vector<BrokerId>& brokers) override;
  std::optional<model::ControllerSnapshot> take_controller(std::chrono::milliseconds wait) override;

 private:
  ClusterConnection(std::shared_ptr<RdkafkaLog> log,
                    std::shared_ptr<const kafka::KafkaClient> client,
                    std::shared_ptr<const kafka::KafkaClient> for_controller,
                    const config::ClusterConfig& cluster);

  // librdkafka logs into it until the clients are gone, so it must be destroyed after them.
  std::shared_ptr<RdkafkaLog> log_;
  kafka::Session session_;
  kafka::SnapshotReader snapshots_;
  kafka::ControllerProbe controller_;
};

}  // namespace kie
