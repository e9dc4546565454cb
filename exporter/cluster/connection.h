#pragma once

#include "collectors/kafka/controller_probe.h"
#include "collectors/kafka/session.h"
#include "collectors/kafka/snapshot_reader.h"
#include "exporter/log/failure_log.h"

#include <memory>
#include <string>
#include <vector>

namespace kie {

/// What a worker asks its cluster with.
struct Connection {
  // librdkafka logs into it until the clients are gone, so it must be destroyed after them.
  std::shared_ptr<RdkafkaLog> log;
  /// Apart, so that its address stays: the reader uses it.
  std::unique_ptr<kafka::Session> session;
  kafka::SnapshotReader snapshots;
  /// Apart, too: what it sends comes back to it.
  std::unique_ptr<kafka::ControllerProbe> controller;

  /// Where the brokers were last. They are tried as well as the configured servers.
  std::vector<std::string> known_addresses() const;
  void add_addresses(const std::vector<std::string>& addresses) const;
};

/// Passes librdkafka's lines on to `log`, which must outlive all that is made with it.
kafka::LogSink log_sink(const std::shared_ptr<RdkafkaLog>& log);

/// Fails if librdkafka refuses the configuration, or a file that it names; a cluster that is not
/// there is no error. `log` hears of both.
kafka::Result<Connection> connect(const config::Cluster& cluster, std::shared_ptr<RdkafkaLog> log);

}  // namespace kie
