#pragma once

#include "config/config.h"
#include "exporter/cluster/worker.h"

#include <tl/expected.hpp>

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace kie {

/// The watched clusters, with a worker and a thread each, so that none waits for another.
/// Thread: one at a time.
class ClusterSupervisor {
 public:
  explicit ClusterSupervisor(const ClusterServices& services) : services_(services) {}

  /// Begins to watch. A cluster whose configuration librdkafka refuses is tried repeatedly while
  /// the others are watched; an error only if it refuses all of them.
  tl::expected<void, config::ConfigErrors> start(
      const std::vector<config::ClusterConfig>& clusters);

  /// Applies another configuration: clusters are the same if they have the same name, and keep
  /// their state. If librdkafka refuses any part, nothing is changed.
  tl::expected<void, config::ConfigErrors> change(
      const std::vector<config::ClusterConfig>& clusters);

  /// Ends all threads.
  void stop();

 private:
  struct WatchedCluster {
    WatchedCluster(std::size_t number, const config::ClusterConfig& cluster,
                   std::shared_ptr<RdkafkaLog> log, std::unique_ptr<ClusterConnection> connection,
                   const ClusterServices& services);

    config::ClusterConfig config;
    ClusterWorker worker;
    // Last, so that it ends before the worker is destroyed.
    std::jthread thread;
  };

  WatchedCluster* find(const std::string& name);

  ClusterServices services_;
  /// Never used twice.
  std::size_t next_number_ = 0;
  /// Never moved in memory, as threads refer to them.
  std::list<WatchedCluster> watched_;
};

}  // namespace kie
