#pragma once

#include "collectors/kafka/config_reader.h"
#include "collectors/kafka/snapshot_reader.h"
#include "collectors/model/controller.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace kie {

/// The requests of a poll. ClusterConnection asks Kafka; tests have a fake.
/// Thread: the cluster's poll thread.
class ClusterReader {
 public:
  virtual ~ClusterReader() = default;

  /// See kafka::SnapshotReader.
  virtual kafka::Result<kafka::SnapshotReport> read(model::Instant at,
                                                    const kafka::Known& known) = 0;
  virtual kafka::Result<kafka::SnapshotReport> read_topics(model::Instant at,
                                                           const std::vector<std::string>& topics,
                                                           const kafka::Known& known) = 0;

  /// The brokers that Metadata listed last.
  virtual std::vector<BrokerId> listed() const = 0;

  /// See kafka::read_configs().
  virtual kafka::ConfigsReport read_configs(model::Configs& configs,
                                            const std::vector<std::string>& topics,
                                            const std::vector<BrokerId>& brokers) = 0;

  /// See kafka::ControllerProbe.
  virtual std::optional<model::ControllerSnapshot> take_controller(
      std::chrono::milliseconds wait) = 0;

  ClusterReader(const ClusterReader&) = delete;
  ClusterReader& operator=(const ClusterReader&) = delete;

 protected:
  ClusterReader() = default;
};

}  // namespace kie
