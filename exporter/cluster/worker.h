#pragma once

#include "collectors/cluster/state.h"
#include "config/config.h"
#include "exporter/cluster/cluster_connection.h"
#include "exporter/cluster/cluster_ids.h"
#include "exporter/cluster/collector_metrics.h"
#include "exporter/cluster/connector.h"
#include "exporter/cluster/epoch_end_log.h"
#include "exporter/cluster/epoch_end_poller.h"
#include "exporter/cluster/identity.h"
#include "exporter/cluster/poller.h"
#include "exporter/cluster/publisher.h"
#include "exporter/cluster/status.h"
#include "exporter/cluster/tracked_state.h"
#include "exporter/cluster/wake_up.h"
#include "exporter/exposition/page.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/log/failure_log.h"
#include "exporter/producers/acked_offsets.h"
#include "exporter/producers/store.h"

#include <chrono>
#include <cstddef>
#include <memory>
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

/// Watches one cluster: the loop of its polls and of what is due between them. Owns its state.
/// Thread: run() is the cluster's poll thread.
class ClusterWorker {
 public:
  /// `number`: of the cluster, unique as long as the process runs. `log`, `connection`: see
  /// Connector.
  ClusterWorker(std::size_t number, config::ClusterConfig cluster, std::shared_ptr<RdkafkaLog> log,
                std::unique_ptr<ClusterConnection> connection, const ClusterServices& services);
  ClusterWorker(const ClusterWorker&) = delete;
  ClusterWorker& operator=(const ClusterWorker&) = delete;

  /// Polls until stopped.
  void run(const std::stop_token& stop);

  /// An exception has left run(), which will be called again.
  void survived(const std::string& error);

  /// Sets the line of the cluster's entry in the file. Thread: any.
  void set_place(const config::SourceLocation& place) { identity_.set_place(place); }

  /// Applies another configuration of the same cluster (by name) before the next poll. State and
  /// counters stay. `same_servers`: as in the configuration before. Thread: any.
  void reconfigure(config::ClusterConfig config, std::unique_ptr<ClusterConnection> connection,
                   bool same_servers);

 private:
  using Clock = std::chrono::steady_clock;

  void take_reconfiguration();
  /// Polls, if there is a connection and no earlier entry of the configuration watches the cluster.
  void poll_if_possible(const std::stop_token& stop);
  void poll(ClusterConnection& connection, const std::stop_token& stop);
  /// Whether this entry watches the cluster that answered, and its stored state has been read.
  bool identify(const std::optional<std::string>& cluster_id);
  /// Reads the controller and settings, and evaluates the risks.
  void read_rest(ClusterConnection& connection, model::Instant polled);
  void succeeded(model::Instant polled);
  void fail_poll(const std::string& error);

  /// Until the next poll: reads unhealthy topics, applies epoch ends, and publishes again when
  /// something goes stale.
  void wait_until(Clock::time_point next_poll, const std::stop_token& stop);
  /// Reads the unhealthy topics, so that the last offset committed before an election is known.
  void watch(const std::stop_token& stop);
  void take_controller();
  void ask_epoch_ends();
  void take_epoch_ends();

  /// Whether no earlier entry of the configuration is the same cluster. Logs and shows if one is.
  bool is_first_of_its_id();
  /// Drops the state.
  void forget();
  /// Of the producers that report the cluster to which they write.
  std::optional<std::chrono::milliseconds> longest_delivery_timeout() const;
  void publish() { publisher_.publish(config_, state_.shared(), status_); }

  config::ClusterConfig config_;
  ClusterServices services_;
  std::shared_ptr<WakeUp> wake_up_ = std::make_shared<WakeUp>();

  ClusterStatus status_;
  /// The last poll was answered in full.
  bool was_complete_ = false;
  Clock::time_point watch_due_{};

  CollectorMetrics metrics_;
  FailureLog failure_log_;
  EpochEndLog epoch_end_log_;
  Connector connector_;
  ClusterIdentity identity_;
  Poller poller_;
  TrackedState state_;
  AckedOffsetsWatch acknowledged_;
  Publisher publisher_;
  /// Last, as its thread calls the worker.
  EpochEndPoller epoch_ends_;
};

}  // namespace kie
