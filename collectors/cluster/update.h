#pragma once

#include "collectors/cluster/state.h"
#include "collectors/loss/acknowledged.h"
#include "collectors/loss/event.h"
#include "collectors/model/controller.h"
#include "collectors/model/epoch_ends.h"
#include "collectors/quorum/event.h"
#include "collectors/replication/event.h"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace kie {

/// What a snapshot or an answer changed in the state of a cluster.
struct ClusterUpdate {
  std::vector<replication::ReplicationEvent> replication;
  std::vector<loss::LossEvent> loss;
  std::vector<quorum::ControllerEvent> quorum;
  /// The topics that may have changed, sorted; nullopt: all.
  std::optional<std::vector<std::string>> topics;
  /// Leader epochs have ended, or an ended one has to be assessed again.
  bool has_questions = false;
};

/// Stores what producers reported until the next snapshot, which must be read after this call.
void apply_acknowledgements(ClusterState& known,
                            const std::vector<loss::Acknowledgement>& acknowledged);

/// `wall`: the present time.
ClusterUpdate apply_snapshot(ClusterState& known, model::ClusterSnapshot snapshot,
                             std::chrono::system_clock::time_point wall);

/// Changes no topic.
ClusterUpdate apply_controller(ClusterState& known, const model::ControllerSnapshot& snapshot);

/// `at`, `wall`: the present time.
ClusterUpdate apply_epoch_ends(ClusterState& known, std::vector<model::EpochAnswer> answers,
                               model::Instant at, std::chrono::system_clock::time_point wall);

/// Replaces the known settings.
void apply_settings(ClusterState& known, model::Configs settings);

/// Drops the settings of topics that are no longer known, and of brokers that last answered more
/// than three intervals ago.
void forget_deleted_settings(ClusterState& known, model::Instant now,
                             std::chrono::milliseconds config_interval);

/// The questions about ended epochs whose new leaders still lead.
std::vector<model::EpochQuestion> open_questions(const ClusterState& known);

}  // namespace kie
