#include "collectors/cluster/stop.h"

#include "collectors/cluster/health_text.h"

#include <algorithm>
#include <chrono>
#include <ranges>

namespace kie {
namespace {

using replication::Freshness;
using replication::PartitionState;
using replication::ReplicationState;
using replication::ReplicationSummary;

/// A voter that follows the metadata log fetches several times a second. The quorum gives up a
/// leader that is silent for two seconds (controller.quorum.fetch.timeout.ms).
constexpr std::chrono::seconds kFollowingWithin{3};

bool contains(const std::vector<BrokerId>& brokers, BrokerId id) {
  return std::ranges::find(brokers, id) != brokers.end();
}

std::vector<BrokerId> silent_brokers(const ReplicationSummary& summary) {
  std::vector<BrokerId> silent;
  for (const auto& [id, broker] : summary.brokers)
    if (broker.is_listed && broker.reach && !broker.reach->answers) silent.push_back(id);
  return silent;
}

bool are_times_known(const quorum::QuorumSummary& quorum) {
  return std::ranges::any_of(quorum.voters,
                             [](const quorum::Lag& voter) { return voter.time.has_value(); });
}

/// Without one of these too few voters that follow the log would be left.
std::vector<BrokerId> needed_voters(const quorum::QuorumSummary& quorum) {
  std::vector<BrokerId> needed;
  if (!are_times_known(quorum)) return needed;
  const auto is_following = [](const quorum::Lag& voter) {
    return voter.time && *voter.time <= kFollowingWithin;
  };
  const auto majority = static_cast<std::ptrdiff_t>(quorum.voters.size() / 2 + 1);
  const auto following = std::ranges::count_if(quorum.voters, is_following);
  for (const auto& voter : quorum.voters)
    if (following - (is_following(voter) ? 1 : 0) < majority) needed.push_back(voter.id);
  std::ranges::sort(needed);
  return needed;
}

std::optional<std::string> why_voters_are_unknown(const quorum::QuorumState& controller,
                                                  const quorum::QuorumSummary& quorum) {
  if (controller.is_unsupported || are_times_known(quorum)) return std::nullopt;
  if (!quorum.voters.empty())
    return "Which controllers follow is not known: it needs Kafka 3.3 or newer.";
  if (quorum.up == true)
    return "Which brokers are controllers is not known: it needs Describe on the cluster.";
  return "Which brokers are controllers is not known.";
}

std::vector<std::string> why_unknown(const ReplicationState& state,
                                     const ReplicationSummary& summary,
                                     const quorum::QuorumState& controller,
                                     const quorum::QuorumSummary& quorum,
                                     const Freshness& freshness) {
  std::vector<std::string> why;
  if (const auto outdated = describe(controller, freshness.now)) why.push_back(*outdated);
  if (const auto alone = describe(summary.confirmation)) why.push_back(*alone);
  if (!freshness.is_fresh(state.brokers_seen)) {
    why.emplace_back("The brokers are not known.");
  } else if (!summary.partitions || !summary.complete) {
    why.emplace_back("The state of some partitions is not known.");
  }
  if (auto voters = why_voters_are_unknown(controller, quorum)) why.push_back(std::move(*voters));
  return why;
}

}  // namespace

std::optional<StopObstacle> PartitionStop::worst(const std::vector<StopObstacle>& accepted) const {
  for (const auto obstacle : kStopObstacles)
    if (obstacles.test(static_cast<std::size_t>(obstacle)) &&
        std::ranges::find(accepted, obstacle) == accepted.end())
      return obstacle;
  return std::nullopt;
}

PartitionStop check_stop(const PartitionState& partition, BrokerId broker,
                         std::optional<std::int32_t> raw_min_isr,
                         const std::optional<model::KafkaRelease>& release,
                         const std::vector<BrokerId>& silent) {
  PartitionStop stop;
  if (!contains(partition.last_isr, broker)) {
    if (contains(partition.adding, broker)) stop.add(StopObstacle::kReassigning);
    return stop;
  }
  const auto left =
      static_cast<std::int32_t>(std::ranges::count_if(partition.last_isr, [&](BrokerId id) {
        return id != broker && !std::ranges::binary_search(silent, id);
      }));
  const auto replicas = static_cast<std::int32_t>(partition.replicas.size());
  const auto least = raw_min_isr ? model::effective_min_isr(*raw_min_isr, replicas, release)
                                 : std::optional<std::int32_t>{};
  stop.is_known = least.has_value();
  if (least) stop.margin = left - *least;
  // Who accepts that a partition is offline accepts that it takes no records.
  if (left == 0) {
    stop.add(StopObstacle::kOffline);
    return stop;
  }
  if (left == 1) stop.add(StopObstacle::kOneCopy);
  if (least && left < *least) stop.add(StopObstacle::kUnderMinIsr);
  return stop;
}

StopSummary summarize_stops(const ReplicationState& state, const ReplicationSummary& summary,
                            const model::Configs& settings, const quorum::QuorumState& controller,
                            const quorum::QuorumSummary& quorum, const Freshness& freshness) {
  StopSummary stops{.silent = silent_brokers(summary),
                    .needed_voters = needed_voters(quorum),
                    .unknown = why_unknown(state, summary, controller, quorum, freshness),
                    .blocked = {}};
  for (const auto& id : summary.brokers | std::views::keys) stops.blocked[id];
  for (const auto& voter : quorum.voters)
    stops.blocked[voter.id].add(contains(stops.needed_voters, voter.id));
  for (const auto& topic : state.topics) {
    const auto raw_min_isr = settings.min_isr(topic.name);
    for (const auto& partition : topic.partitions) {
      if (!freshness.is_fresh(partition.seen)) continue;
      for (const auto id : partition.replicas) {
        const auto stop = check_stop(partition, id, raw_min_isr, settings.release, stops.silent);
        const bool is_blocked = stop.obstacles.any();
        stops.blocked[id].add(stop.is_known || is_blocked ? std::optional{is_blocked}
                                                          : std::nullopt);
      }
    }
  }
  if (!stops.unknown.empty())
    for (auto& count : stops.blocked | std::views::values) count.add_unknown();
  return stops;
}

}  // namespace kie
