#pragma once

#include "collectors/loss/state.h"
#include "collectors/model/configs.h"
#include "collectors/quorum/state.h"
#include "collectors/replication/state.h"
#include "collectors/replication/summary.h"
#include "collectors/risk/cluster.h"
#include "config/config.h"
#include "exporter/exposition/pieces.h"

namespace kie::exposition {

/// What of a cluster goes into the page. References outlive the call only.
struct ClusterView {
  const config::Cluster& config;
  /// The last poll was answered.
  bool up = false;
  const replication::State& state;
  const replication::Summary& summary;
  const loss::State& loss;
  const model::Configs& settings;
  const risk::Findings& risks;
  replication::Freshness freshness;
  /// Producers' reports are taken: what is lost of records acknowledged with acks=1 can be known.
  bool takes_reports = false;
  /// Of the same moment as `freshness`; default: nothing is known of the controller.
  quorum::Summary quorum{};
};

/// Renders all families of writer kCluster into `pieces`, which it clears first. What is stale is
/// left out; counters stay as long as their topic is known. Of max_series, the cluster and its
/// brokers are served first, then whole topics, then whole partitions, these by name and each with
/// the most series that it can have: what is left out hangs on nothing but what there is, and with
/// partition_metrics="unhealthy" on what of it is wanted.
void render(const ClusterView& cluster, Pieces& pieces);

}  // namespace kie::exposition
