#pragma once

#include "collectors/loss/state.h"
#include "collectors/model/configs.h"
#include "collectors/quorum/state.h"
#include "collectors/replication/state.h"
#include "collectors/replication/summary.h"
#include "collectors/risk/cluster.h"

#include <chrono>
#include <memory>
#include <mutex>

namespace kie {

/// The state of one cluster. Only its poll thread writes, and holds the mutex while it does, but
/// never during a request to Kafka. All other threads hold it while they read.
struct ClusterState {
  mutable std::mutex mutex;
  replication::ReplicationState replication;
  loss::LossState loss;
  quorum::QuorumState quorum;
  model::Configs settings;
  /// What rules find in the settings, exempt or not; replaced by every poll. Never nullptr.
  std::shared_ptr<const risk::Findings> risks = std::make_shared<const risk::Findings>();
};

/// Decides which state of a cluster is fresh enough to be shown.
inline replication::Freshness freshness_of(const ClusterState& known, model::Instant now,
                                           std::chrono::milliseconds staleness) {
  return {.now = now,
          .staleness = staleness,
          .is_old_news = quorum::is_metadata_outdated(known.quorum)};
}

}  // namespace kie
