#include "collectors/cluster/overview.h"

namespace kie {

ClusterOverview overview_of(const ClusterState& known, model::Instant now,
                            std::chrono::milliseconds staleness) {
  const auto freshness = freshness_of(known, now, staleness);
  return {.freshness = freshness,
          .summary = replication::summarize(known.replication, known.settings, freshness),
          .brokers = known.replication.brokers,
          .brokers_seen = known.replication.brokers_seen,
          .quorum = known.quorum};
}

}  // namespace kie
