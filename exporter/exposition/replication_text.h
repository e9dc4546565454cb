#pragma once

#include "collectors/kafka/settings.h"
#include "collectors/replication/state.h"
#include "collectors/replication/summary.h"
#include "exporter/exposition/pieces.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace kie::exposition {

/// What of a cluster goes into the page. References outlive the call only.
struct ClusterView {
  /// Label kafka_cluster; empty: none.
  std::string_view name;
  /// The last poll was answered.
  bool up = false;
  std::optional<std::int64_t> expected_brokers;
  const replication::State& state;
  const replication::Summary& summary;
  const kafka::Settings& settings;
  replication::Freshness freshness;
};

/// Renders all families of writer kCluster into `pieces`, which it clears first. What is stale is
/// left out; counters stay as long as their topic is known.
void render(const ClusterView& cluster, Pieces& pieces);

}  // namespace kie::exposition
