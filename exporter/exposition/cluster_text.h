#pragma once

#include "collectors/loss/state.h"
#include "collectors/model/configs.h"
#include "collectors/quorum/state.h"
#include "collectors/replication/state.h"
#include "collectors/replication/summary.h"
#include "collectors/risk/cluster.h"
#include "config/config.h"
#include "exporter/exposition/cluster_samples.h"

#include <map>

namespace kie::exposition {

/// The state of a cluster to render. References must outlive the call only.
struct ClusterView {
  const config::ClusterConfig& config;
  /// The last poll was answered.
  bool up = false;
  const replication::ReplicationState& replication;
  const replication::ReplicationSummary& summary;
  const loss::LossState& loss;
  const model::Configs& settings;
  const risk::Findings& risks;
  replication::Freshness freshness;
  /// Producers' reports are accepted, so losses of records acknowledged with acks=1 can be known.
  bool takes_reports = false;
  /// Of the same moment as `freshness`; default: the controller is not known.
  quorum::QuorumSummary quorum{};
  /// The partitions that forbid to stop each broker; nullptr: not known.
  const std::map<BrokerId, replication::Count>* stop_blocked = nullptr;
};

/// Renders all families of writer kCluster into `samples`, which it clears first. Stale values are
/// left out; counters stay as long as their topic is known. max_series is given to the cluster and
/// its brokers first, then to whole topics, then to whole partitions, in the order of names. Each
/// is counted with the most series that it can have, so that the ones left out depend on the topics
/// that exist (and with partition_metrics="unhealthy" on their health), not on their values.
void render(const ClusterView& cluster, ClusterSamples& samples);

}  // namespace kie::exposition
