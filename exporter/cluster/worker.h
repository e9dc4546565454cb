#pragma once

#include "collectors/cluster/state.h"
#include "collectors/replication/advance.h"
#include "collectors/replication/summary.h"
#include "config/config.h"
#include "exporter/cluster/cluster_connection.h"
#include "exporter/cluster/cluster_ids.h"
#include "exporter/cluster/collector_metrics.h"
#include "exporter/cluster/epoch_end_log.h"
#include "exporter/cluster/epoch_end_poller.h"
#include "exporter/cluster/identity.h"
#include "exporter/cluster/poller.h"
#include "exporter/cluster/publisher.h"
#include "exporter/cluster/server_check.h"
#include "exporter/cluster/status.h"
#include "exporter/cluster/tracked_state.h"
#include "exporter/exposition/page.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/log/failure_log.h"
#include "exporter/producers/acked_offsets.h"
#include "exporter/producers/store.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace kie {

/// The services that the workers of all clusters share.
struct ClusterServices {
  exposition::PageMaker& pages;
  exposition::SelfMetrics& self;
  StatusBoard& status;
  ClusterIds& ids;
  history::History& history;
  ProducerStore& producers;
  /// nullptr: producers' reports are not accepted.
  AckedOffsets* acknowledged = nullptr;
};

/// Watches one cluster: polls it, advances its state, publishes. Owns that state.
/// Thread: run() is the cluster's poll thread.
class ClusterWorker {
 public:
  /// `number`: of the cluster, unique as long as the process runs. Without a connection the worker
  /// tries to make one until librdkafka accepts the configuration; `log` receives the errors.
  ClusterWorker(std::size_t number, config::ClusterConfig cluster, std::shared_ptr<RdkafkaLog> log,
                std::unique_ptr<ClusterConnection> connection, const ClusterServices& services);
  /// Removes what is published.
  ~ClusterWorker();
  ClusterWorker(const ClusterWorker&) = delete;
  ClusterWorker& operator=(const ClusterWorker&) = delete;

  /// Polls until stopped.
  void run(const std::stop_token& stop);

  /// An exception has left run(), which will be called again.
  void survived(const std::string& error);

  /// Sets the line of the cluster's entry in the file. Thread: any.
  void set_place(const config::SourceLocation& place) { identity_.set_place(place); }

  /// Applies another configuration of the same cluster (by name) before the next poll. State and
  /// counters stay. Thread: any.
  void take(config::ClusterConfig cluster, std::unique_ptr<ClusterConnection> connection);

 private:
  using Clock = std::chrono::steady_clock;

  struct Change {
    config::ClusterConfig cluster;
    std::unique_ptr<ClusterConnection> connection;
  };

  void take_change();
  /// nullptr if librdkafka refuses the configuration.
  ClusterConnection* connected();
  /// Polls, if there is a connection and it leads to one cluster that no earlier entry of the
  /// configuration watches.
  void poll_if_possible(const std::stop_token& stop);
  void poll(ClusterConnection& connection, const std::stop_token& stop);
  void fail_poll(const std::string& error);
  /// Until the next poll: reads unhealthy topics, applies epoch ends, and publishes again when
  /// something goes stale.
  void wait_until(Clock::time_point next_poll, const std::stop_token& stop);
  /// Reads the unhealthy topics, so that the last offset committed before an election is known.
  void watch(const std::stop_token& stop);

  /// Whether this entry watches the cluster that answered. Logs if it does not.
  bool is_first_of_its_id();
  /// Continues with the state of the cluster with this id.
  void follow_id(const std::string& id);
  /// Drops the state.
  void forget();
  /// Takes producers' reports, before the next snapshot is read.
  void take_acknowledged();
  void take_controller();
  void take_epoch_ends();
  /// Of the producers that report the cluster to which they write.
  std::optional<std::chrono::milliseconds> longest_delivery_timeout() const;
  void publish() { publisher_.publish(config_, state_.shared(), status_); }

  config::ClusterConfig config_;
  std::shared_ptr<RdkafkaLog> log_;
  std::unique_ptr<ClusterConnection> connection_;
  /// The addresses of the brokers when one last answered. Kept when the connection is replaced.
  std::vector<std::string> broker_addresses_;
  ClusterServices services_;

  std::mutex change_mutex_;
  std::condition_variable_any wake_;
  std::optional<Change> change_;
  bool answers_ready_ = false;

  ClusterStatus status_;
  /// The last poll was answered in full.
  bool was_well_ = false;
  Clock::time_point watch_due_{};

  CollectorMetrics metrics_;
  FailureLog failure_log_;
  EpochEndLog epoch_end_log_;
  ServerCheck server_check_;
  ClusterIdentity identity_;
  Poller poller_;
  TrackedState state_;
  Publisher publisher_;
  /// Last, as its thread calls the worker.
  EpochEndPoller epoch_ends_;
};

}  // namespace kie
