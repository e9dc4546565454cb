#pragma once

#include "collectors/model/configs.h"
#include "collectors/model/snapshot.h"
#include "collectors/replication/state.h"
#include "collectors/replication/summary.h"
#include "exporter/exposition/cluster_text.h"

#include <chrono>
#include <cstddef>
#include <cstdint>

/// A cluster made up for benchmarks; the same for the same size in every run.
namespace kie::bench {

inline constexpr std::size_t kPartitionsPerTopic = 5;
inline constexpr std::chrono::seconds kPollInterval{10};

/// Looks at one cluster, one poll interval apart: RF 3, one partition in two hundred is unhealthy.
class Cluster {
 public:
  explicit Cluster(std::size_t partitions, std::size_t per_topic = kPartitionsPerTopic);

  const model::ClusterSnapshot& snapshot() const { return snapshot_; }
  const model::Configs& settings() const { return settings_; }
  replication::Freshness freshness() const { return {snapshot_.at, 3 * kPollInterval}; }

  /// The next look: all offsets moved and nothing else.
  void step() { step_every(1); }

  /// The next look: those of every so many topics moved, of others each time.
  void step_every(std::size_t topics);

  /// The next look, in which a tenth of the topics, another one each time, has a new leader and a
  /// smaller ISR, or has its old ISR back. Confirmed, as after asking a second broker.
  void step_with_elections();

 private:
  void elect(model::TopicSnapshot& topic);

  model::ClusterSnapshot snapshot_;
  model::Configs settings_;
  std::size_t steps_ = 0;
};

/// What is known after one look at `cluster`.
replication::ReplicationState state_of(const Cluster& cluster);

/// How the exporter would show it.
exposition::ClusterView view_of(const Cluster& cluster, const replication::ReplicationState& state,
                                const replication::ReplicationSummary& summary);

}  // namespace kie::bench
