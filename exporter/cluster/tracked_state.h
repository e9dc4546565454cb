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

/// All that is known of one cluster, and the only place that changes it: each change goes to the
/// history and to the log before this returns.
/// Thread: the cluster's poll thread. Others read through shared(), with the state's mutex.
class TrackedState {
 public:
  /// `config`: as in all members, the cluster's as it is now.
  TrackedState(const config::ClusterConfig& config, history::History& history,
               exposition::SelfMetrics& self);

  const ClusterState& get() const { return *state_; }
  std::shared_ptr<const ClusterState> shared() const { return state_; }

  /// The id of the cluster that this entry was last, whose state the constructor found in the
  /// history; nullopt: none.
  const std::optional<std::string>& recalled_id() const { return recalled_id_; }

  /// It is the cluster with this id: goes on with what the history has of it.
  void follow(const std::string& id, const config::ClusterConfig& config);

  /// Drops all of it; nothing goes to the history until follow().
  void forget();

  /// Drops what is known of topics that are not watched.
  void forget_unwatched(const config::ClusterConfig& config);

  /// Remembers what producers reported, before the next snapshot is read.
  void apply(const std::vector<loss::Acknowledgement>& acknowledged);

  /// Returns whether there is something to ask about ended epochs.
  bool apply(model::ClusterSnapshot snapshot);
  void apply(const model::ControllerSnapshot& controller);
  void apply(std::vector<model::EpochAnswer> answers);

  void set_settings(model::Configs settings);
  void forget_deleted_settings(model::Instant now, const config::ClusterConfig& config);

  /// Applies the rules. `listed`: the brokers that Metadata has.
  void evaluate_risks(const std::vector<BrokerId>& listed,
                      const std::optional<std::chrono::milliseconds>& longest_delivery_timeout,
                      const config::ClusterConfig& config);

  /// Tries again to write what the history's file could not take.
  void retry_journal() { journal_.retry(*state_); }

 private:
  void record(const ClusterUpdate& update);

  std::string cluster_;
  std::shared_ptr<ClusterState> state_ = std::make_shared<ClusterState>();
  ClusterJournal journal_;
  std::optional<std::string> recalled_id_;
};

}  // namespace kie
