#pragma once

#include "collectors/model/configs.h"
#include "collectors/quorum/state.h"
#include "collectors/replication/state.h"
#include "collectors/replication/summary.h"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// May a broker be stopped now? What its stop would do to each partition, and to the controllers.
namespace kie {

/// Why a broker should not be stopped. Worst first.
enum class StopObstacle : std::uint8_t {
  /// The partition would have no in-sync replica left.
  kOffline,
  /// Fewer than min.insync.replicas would be left: producers with acks=all would be refused.
  kUnderMinIsr,
  /// One in-sync replica of several would be left.
  kOneCopy,
  /// A reassignment is adding the broker to the partition, and would wait for it.
  kReassigning,
  /// Too few controllers would be left to elect one. The partition is that of the metadata log.
  kQuorum,
};

inline constexpr std::array kStopObstacles{StopObstacle::kOffline, StopObstacle::kUnderMinIsr,
                                           StopObstacle::kOneCopy, StopObstacle::kReassigning,
                                           StopObstacle::kQuorum};

constexpr std::string_view to_string(StopObstacle obstacle) {
  switch (obstacle) {
    case StopObstacle::kOffline:
      return "offline";
    case StopObstacle::kUnderMinIsr:
      return "under_min_isr";
    case StopObstacle::kOneCopy:
      return "one_copy";
    case StopObstacle::kReassigning:
      return "reassigning";
    case StopObstacle::kQuorum:
      return "quorum";
  }
  return "";
}

/// The topic of kQuorum, with partition 0.
inline constexpr std::string_view kMetadataLog = "__cluster_metadata";

/// What the stop of a broker would do to one partition.
struct PartitionStop {
  /// By StopObstacle.
  std::bitset<kStopObstacles.size()> obstacles;
  /// How many more in-sync replicas than min.insync.replicas would be left; nullopt: the broker is
  /// not in sync, or min.insync.replicas is not known.
  std::optional<std::int32_t> margin;
  /// There are no others. False if min.insync.replicas is not known.
  bool is_known = true;

  void add(StopObstacle obstacle) { obstacles.set(static_cast<std::size_t>(obstacle)); }
  /// The worst one that is not accepted; nullopt: none.
  std::optional<StopObstacle> worst(const std::vector<StopObstacle>& accepted = {}) const;
};

/// `raw_min_isr`: as for replication::health_of(). `silent`: brokers that are not counted as in
/// sync, sorted.
PartitionStop check_stop(const replication::PartitionState& partition, BrokerId broker,
                         std::optional<std::int32_t> raw_min_isr,
                         const std::optional<model::KafkaRelease>& release,
                         const std::vector<BrokerId>& silent);

/// Whether each broker of a cluster may be stopped.
struct StopSummary {
  /// Brokers that are listed and do not answer this exporter, sorted. One that died a moment ago is
  /// in the ISR until the controller fences it.
  std::vector<BrokerId> silent;
  /// Voters without which the controllers have no majority, sorted.
  std::vector<BrokerId> needed_voters;
  /// Sentences that say why it is not known of any broker whether it may be stopped; empty: only
  /// partitions can say so (PartitionStop::is_known).
  std::vector<std::string> unknown;
  /// The partitions that forbid to stop a broker, the metadata log's too. A lower bound, and absent
  /// instead of 0, if something is unknown. Brokers without replicas, and voters, are here too.
  std::map<BrokerId, replication::Count> blocked;
};

/// `summary`, `quorum`: of the same state, at the same moment as `freshness`.
StopSummary summarize_stops(const replication::ReplicationState& state,
                            const replication::ReplicationSummary& summary,
                            const model::Configs& settings, const quorum::QuorumState& controller,
                            const quorum::QuorumSummary& quorum,
                            const replication::Freshness& freshness);

}  // namespace kie
