#pragma once

#include "collectors/loss/state.h"
#include "collectors/model/configs.h"
#include "collectors/quorum/state.h"
#include "collectors/replication/state.h"
#include "collectors/replication/summary.h"
#include "collectors/risk/cluster.h"

#include <chrono>
#include <mutex>

namespace kie {

/// All that is known of one cluster. Its poll thread alone writes, and holds the mutex while it
/// does, never across a question to Kafka; everybody else holds it while reading.
struct ClusterState {
  mutable std::mutex mutex;
  replication::ReplicationState replication;
  loss::LossState loss;
  quorum::QuorumState quorum;
  model::Configs settings;
  /// What rules find in the settings, exempt or not; renewed by every poll.
  risk::Findings risks;
};

/// By which all that is shown of a cluster is judged.
inline replication::Freshness freshness_of(const ClusterState& known, model::Instant now,
                                           std::chrono::milliseconds staleness) {
  return {.now = now,
          .staleness = staleness,
          .is_old_news = quorum::is_metadata_outdated(known.quorum)};
}

}  // namespace kie
