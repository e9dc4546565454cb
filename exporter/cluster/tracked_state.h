#pragma once

#include "collectors/cluster/state.h"
#include "collectors/cluster/update.h"
#include "config/config.h"
#include "exporter/journal/cluster_journal.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kie {

/// The state of one cluster, and the only place that changes it: each change is written to the
/// history and the log before the member returns.
/// Thread: the cluster's poll thread. Others read through shared(), with the state's mutex.
class TrackedState {
 public:
  /// `config`: here and in all members, the present one of the cluster.
  TrackedState(const config::ClusterConfig& config, history::History& history,
               exposition::SelfMetrics& self);

  const ClusterState& get() const { return *state_; }
  std::shared_ptr<const ClusterState> shared() const { return state_; }

  /// The last cluster id of this entry, whose state the constructor found in the history; nullopt:
  /// none.
  const std::optional<std::string>& recalled_id() const { return recalled_id_; }

  /// The cluster has this id: continues with its state from the history. False: the history cannot
  /// be read yet, and the next poll shall try again.
  bool follow(const std::string& id, const config::ClusterConfig& config);

  /// Drops the state; nothing is written to the history until follow().
  void forget();

  /// Drops topics that are not watched.
  void forget_unwatched(const config::ClusterConfig& config);

  /// Stores what producers reported, before the next snapshot is read.
  void apply(const std::vector<loss::Acknowledgement>& acknowledged);

  /// Returns whether there are questions about ended epochs.
  bool apply(model::ClusterSnapshot snapshot);
  void apply(const model::ControllerSnapshot& controller);
  void apply(std::vector<model::EpochAnswer> answers);

  void apply(model::Configs settings);
  void forget_deleted_settings(model::Instant now, const config::ClusterConfig& config);

  /// Applies the rules. `listed`: the brokers that Metadata lists.
  void evaluate_risks(const std::vector<BrokerId>& listed,
                      const std::optional<std::chrono::milliseconds>& longest_delivery_timeout,
                      const config::ClusterConfig& config);

  /// Writes again what could not be written to the history file.
  void retry_journal() { journal_.retry(*state_); }

 private:
  void record(const ClusterUpdate& update);

  std::string cluster_;
  std::shared_ptr<ClusterState> state_ = std::make_shared<ClusterState>();
  ClusterJournal journal_;
  std::optional<std::string> recalled_id_;
};

}  // namespace kie
