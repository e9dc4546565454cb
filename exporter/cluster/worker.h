#pragma once

#include "collectors/cluster/state.h"
#include "collectors/replication/advance.h"
#include "collectors/replication/summary.h"
#include "config/config.h"
#include "exporter/cluster/cluster_ids.h"
#include "exporter/cluster/config_schedule.h"
#include "exporter/cluster/connection.h"
#include "exporter/cluster/epoch_end_log.h"
#include "exporter/cluster/loss_questions.h"
#include "exporter/cluster/poll_log.h"
#include "exporter/cluster/server_check.h"
#include "exporter/cluster/status.h"
#include "exporter/exposition/page.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/journal/cluster_journal.h"
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

/// Where the workers of all clusters leave what they find.
struct ClusterServices {
  exposition::PageMaker& pages;
  exposition::SelfMetrics& self;
  StatusBoard& status;
  ClusterIds& ids;
  history::History& history;
  ProducerStore& producers;
  /// nullptr: no reports of producers are taken.
  AckedOffsets* acknowledged = nullptr;
};

/// Watches one cluster: asks, advances the state, publishes. Owns all that is known of it.
/// Thread: run() is the cluster's poll thread.
class ClusterWorker {
 public:
  /// `number`: the cluster's among all, for as long as the process runs. Without a connection the
  /// worker makes one itself, again and again until librdkafka takes the configuration; `log` hears
  /// of it.
  ClusterWorker(std::size_t number, config::Cluster cluster, std::shared_ptr<RdkafkaLog> log,
                std::optional<Connection> connection, const ClusterServices& outlets);
  /// Takes back what is published.
  ~ClusterWorker();
  ClusterWorker(const ClusterWorker&) = delete;
  ClusterWorker& operator=(const ClusterWorker&) = delete;

  /// Polls until stopped.
  void run(const std::stop_token& stop);

  /// An exception has left run(), which is going to be called again.
  void survived(const std::string& error);

  /// Where the cluster's entry stands in the file now. Thread: any.
  void set_place(const config::SourceLocation& place) { out_.ids.set_place(number_, place); }

  /// Goes on with another configuration of the same cluster (by name), before the next poll. What
  /// is known and counted stays. Thread: any.
  void take(config::Cluster cluster, Connection connection);

 private:
  using Clock = std::chrono::steady_clock;

  struct Change {
    config::Cluster cluster;
    Connection connection;
  };

  void take_change();
  /// Until the next poll: looks at unhealthy topics, takes answers, and renders what goes stale.
  void wait_until(Clock::time_point next_poll, const std::stop_token& stop);
  /// nullptr if librdkafka refuses the configuration.
  Connection* connected();
  /// Whether this is a cluster that no earlier entry of the configuration watches.
  bool is_first_of_its_id();
  void poll(Connection& connection, const std::stop_token& stop);
  /// Looks at the unhealthy topics, so that what was last committed before an election is known.
  void watch(Connection& connection, const std::stop_token& stop);
  /// What is known, for the reader of snapshots.
  kafka::Known known() const;
  void report_collectors(const kafka::SnapshotReport& report);
  /// Advances the state, and writes down what happened.
  void take_in(model::ClusterSnapshot snapshot);
  void take_in(const model::ControllerSnapshot& snapshot);
  /// Whether there was one. Waits for it for so long.
  bool take_controller_answer(Connection& connection, std::chrono::milliseconds wait);
  void take_in_answers();
  /// Remembers what producers reported, before a look.
  void hear_producers();
  /// Goes on with what is known of the cluster with this id.
  void follow_id(const std::string& id);
  void failed(const std::string& error);
  /// Drops what is known.
  void forget();
  /// Drops what is known of topics that are not watched.
  void forget_unwatched();
  void read_configs(kafka::Session& session, Clock::time_point now);
  /// Applies the rules to what is known of settings.
  void evaluate_risks(const kafka::Session& session);
  void publish();

  /// Records whether all of a collector's requests were answered, and how long they took.
  void collected(const char* collector, Clock::duration took, bool success);
  std::map<std::string, std::string> labels(const char* collector = nullptr) const;
  /// By which an entry without a name is known again.
  std::string servers() const;

  std::size_t number_;
  config::Cluster config_;
  std::shared_ptr<RdkafkaLog> log_;
  std::optional<Connection> connection_;
  /// Where the brokers were when one last answered; outlive a connection by which none does.
  std::vector<std::string> broker_addresses_;
  ClusterServices out_;
  FailureLog failure_log_;
  PollLog poll_log_;
  EpochEndLog epoch_end_log_;

  std::mutex change_mutex_;
  std::condition_variable_any wake_;
  std::optional<Change> change_;
  bool answers_ready_ = false;

  std::shared_ptr<ClusterState> known_ = std::make_shared<ClusterState>();
  ClusterStatus status_;
  ClusterJournal history_;
  bool was_well_ = false;
  bool offsets_came_ = false;
  /// Of the last answer by way of this connection.
  std::optional<std::string> answering_id_;
  ServerCheck server_check_;
  ConfigSchedule config_schedule_;
  std::optional<Clock::time_point> next_expiry_;
  /// Topics with an unhealthy partition, those with a single in-sync replica first; and when they
  /// are looked at next.
  std::vector<std::string> unhealthy_;
  Clock::time_point watch_due_{};
  exposition::ClusterSamples pieces_;
  /// Last: it has a thread that calls the worker.
  LossQuestions questions_;
};

}  // namespace kie
