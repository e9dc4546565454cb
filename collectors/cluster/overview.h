#pragma once

#include "collectors/cluster/state.h"
#include "collectors/cluster/stop.h"
#include "collectors/quorum/state.h"
#include "collectors/replication/summary.h"

#include <chrono>
#include <vector>

namespace kie {

/// The state of a cluster as a whole at a moment: a value, so that showing it delays no poll.
struct ClusterOverview {
  /// `now` in it is when this was made.
  replication::Freshness freshness;
  replication::ReplicationSummary summary;
  /// As Metadata lists them. Sorted by id.
  std::vector<model::BrokerSnapshot> brokers;
  std::optional<model::Instant> brokers_seen;
  quorum::QuorumState quorum;
  quorum::QuorumSummary quorum_summary;
  StopSummary stops;
  /// There may be topics of which nothing is known.
  bool has_unwatched_topics = false;

  /// Something in the summary has gone stale since, and no newer overview says so.
  bool is_outdated(model::Instant now) const {
    return summary.next_expiry && now >= *summary.next_expiry;
  }
};

/// `known`: the caller holds its mutex, or no thread writes. `has_unwatched_topics`: the
/// configuration excludes topics.
ClusterOverview overview_of(const ClusterState& known, model::Instant now,
                            std::chrono::milliseconds staleness, bool has_unwatched_topics);

}  // namespace kie
