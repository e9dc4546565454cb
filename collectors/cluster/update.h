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

/// What a look or an answer changed in what is known of a cluster.
struct ClusterUpdate {
  std::vector<replication::ReplicationEvent> replication;
  std::vector<loss::LossEvent> loss;
  std::vector<quorum::ControllerEvent> quorum;
  /// The topics that may have changed, sorted; nullopt: all.
  std::optional<std::vector<std::string>> topics;
  /// Leader epochs have ended, or more is known of one that has.
  bool has_questions = false;
};

/// Remembers what producers report until the next look, which must begin after this.
void apply_acknowledgements(ClusterState& known,
                            const std::vector<loss::Acknowledgement>& acknowledged);

/// Takes a look in. `wall`: the time that it is now.
ClusterUpdate apply_snapshot(ClusterState& known, model::ClusterSnapshot snapshot,
                             std::chrono::system_clock::time_point wall);

/// Takes in what was learnt of the controller; no topic changes by it.
ClusterUpdate apply_controller(ClusterState& known, const model::ControllerSnapshot& snapshot);

/// Takes in where epochs ended.
ClusterUpdate apply_epoch_ends(ClusterState& known, std::vector<model::EpochAnswer> answers,
                               model::Instant at, std::chrono::system_clock::time_point wall);

/// What can be asked now about ended epochs: their leaders lead.
std::vector<model::EpochQuestion> open_questions(const ClusterState& known);

}  // namespace kie
