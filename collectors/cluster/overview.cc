#include "collectors/cluster/overview.h"

#include <utility>

namespace kie {

ClusterOverview overview_of(const ClusterState& known, model::Instant now,
                            std::chrono::milliseconds staleness, bool has_unwatched_topics) {
  const auto freshness = freshness_of(known, now, staleness);
  auto summary = replication::summarize(known.replication, known.settings, freshness);
  auto quorum = quorum::summarize(known.quorum, now, staleness);
  auto stops =
      summarize_stops(known.replication, summary, known.settings, known.quorum, quorum, freshness);
  return {.freshness = freshness,
          .summary = std::move(summary),
          .brokers = known.replication.brokers,
          .brokers_seen = known.replication.brokers_seen,
          .quorum = known.quorum,
          .quorum_summary = std::move(quorum),
          .stops = std::move(stops),
          .has_unwatched_topics = has_unwatched_topics};
}

}  // namespace kie
