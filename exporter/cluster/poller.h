#pragma once

#include "collectors/cluster/state.h"
#include "exporter/cluster/cluster_reader.h"
#include "exporter/cluster/collector_metrics.h"
#include "exporter/cluster/config_schedule.h"
#include "exporter/cluster/poll_log.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace kie {

/// Makes the requests of a poll; logs those that were not answered, and counts them in the
/// exporter's own metrics. Changes no state of the cluster.
/// Thread: the cluster's poll thread, which reads `known` without its mutex, as it alone writes.
class Poller {
 public:
  /// `cluster`: its name in the log. `metrics` must outlive this.
  Poller(std::string cluster, CollectorMetrics& metrics);

  /// All topics.
  kafka::Result<model::ClusterSnapshot> read(ClusterReader& reader, const ClusterState& known,
                                             model::Instant at);

  /// These topics only; nullopt: no broker answered.
  std::optional<model::ClusterSnapshot> read_topics(ClusterReader& reader,
                                                    const ClusterState& known, model::Instant at,
                                                    std::vector<std::string> topics);

  /// The controller's answer; waits for it for so long.
  std::optional<model::ControllerSnapshot> take_controller(ClusterReader& reader,
                                                           std::chrono::milliseconds wait);

  /// The known settings after those that are due were read; nullopt: none are due.
  std::optional<model::Configs> read_configs(ClusterReader& reader, const ClusterState& known,
                                             model::Instant now,
                                             std::chrono::milliseconds config_interval);

  /// The last poll had the offsets of all partitions.
  bool has_all_offsets() const { return has_all_offsets_; }

  /// The next poll reads all settings.
  void configs_are_due() { config_schedule_.restart(); }

  /// Call when the cluster is another one.
  void forget();

 private:
  CollectorMetrics& metrics_;
  PollLog poll_log_;
  ConfigSchedule config_schedule_;
  bool has_all_offsets_ = false;
};

}  // namespace kie
