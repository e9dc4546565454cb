#pragma once

#include "collectors/kafka/observer.h"
#include "collectors/replication/advance.h"
#include "collectors/replication/summary.h"
#include "config/config.h"
#include "exporter/exposition/page.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/status.h"
#include "exporter/trouble.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

namespace kie {

/// Watches one cluster: asks, advances the state, publishes. Owns all that is known of it.
/// Thread: run() is the cluster's poll thread; nothing else is called.
class ClusterWorker {
 public:
  /// Fails if librdkafka refuses the configuration.
  static kafka::Result<std::unique_ptr<ClusterWorker>> create(std::size_t index,
                                                              const config::Cluster& cluster,
                                                              exposition::PageMaker& pages,
                                                              exposition::SelfMetrics& self,
                                                              StatusBoard& status);

  /// Polls until stopped.
  void run(const std::stop_token& stop);

 private:
  using Clock = std::chrono::steady_clock;

  ClusterWorker(std::size_t index, const config::Cluster& cluster, kafka::Observer observer,
                std::unique_ptr<RdkafkaLog> rdkafka_log, exposition::PageMaker& pages,
                exposition::SelfMetrics& self, StatusBoard& status);

  void poll(const std::stop_token& stop);
  void confirm(kafka::ClusterLook& look, const replication::Doubts& doubts);
  bool read_offsets(kafka::ClusterLook& look);
  void read_settings(Clock::time_point now);
  void report_topics(const kafka::ClusterLook& look);
  void log_events(const std::vector<replication::Event>& events) const;
  void publish();

  /// What a collector's questions of this poll came to.
  void collected(const char* collector, Clock::time_point begun, bool success);
  std::map<std::string, std::string> labels(const char* collector = nullptr) const;

  std::size_t index_;
  config::Cluster config_;
  // librdkafka logs into it until the observer is gone, so it must be destroyed after it.
  std::unique_ptr<RdkafkaLog> rdkafka_log_;
  kafka::Observer observer_;
  exposition::PageMaker& pages_;
  exposition::SelfMetrics& self_;
  StatusBoard& board_;
  Trouble trouble_;

  replication::State state_;
  kafka::Settings settings_;
  ClusterStatus status_;
  bool up_ = false;
  bool was_well_ = false;
  Clock::time_point ids_due_{};
  Clock::time_point settings_due_{};
  std::optional<Clock::time_point> settings_seen_;
  std::set<std::string, std::less<>> settings_asked_;
  std::set<std::string> unauthorized_;
  std::optional<Clock::time_point> next_expiry_;
  exposition::Pieces pieces_;
};

}  // namespace kie
