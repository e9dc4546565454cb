#include "exporter/web/api/stop.h"

#include "collectors/cluster/overview.h"
#include "collectors/cluster/visit_topics.h"
#include "exporter/journal/or_null.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <string>
#include <utility>

namespace kie::api {
namespace {

/// A partition that forbids to stop the broker.
struct Blocked {
  std::string topic;
  PartitionId partition;
  StopObstacle obstacle;
  std::vector<BrokerId> isr;
  std::optional<std::int32_t> min_isr;
};

/// What the stop of one broker would do.
class StopReport {
 public:
  StopReport(const ClusterOverview& overview, const StopQuery& query)
      : stops_(overview.stops), query_(query), freshness_(overview.freshness) {
    freshness_.now = std::chrono::steady_clock::now();
  }

  void check_quorum() {
    if (std::ranges::find(query_.accepted, StopObstacle::kQuorum) == query_.accepted.end() &&
        std::ranges::binary_search(stops_.needed_voters, query_.broker))
      note({.topic = std::string(kMetadataLog),
            .partition = PartitionId{0},
            .obstacle = StopObstacle::kQuorum,
            .isr = {},
            .min_isr = {}});
  }

  /// With the state's mutex.
  void check(const ClusterState& known, const replication::TopicState& topic) {
    const auto min_isr = known.settings.min_isr(topic.name);
    for (const auto& partition : topic.partitions) {
      if (std::ranges::find(partition.replicas, query_.broker) == partition.replicas.end() ||
          !freshness_.is_fresh(partition.seen))
        continue;
      const auto stop =
          check_stop(partition, query_.broker, min_isr, known.settings.release, stops_.silent);
      if (stop.margin) margin_ = std::min(margin_.value_or(*stop.margin), *stop.margin);
      if (!stop.is_known) ++unknown_min_isr_;
      if (const auto obstacle = stop.worst(query_.accepted))
        note({.topic = topic.name,
              .partition = partition.id,
              .obstacle = *obstacle,
              .isr = partition.last_isr,
              .min_isr = min_isr});
    }
  }

  ApiAnswer answer(std::vector<std::string> unknown) const {
    if (unknown_min_isr_ > 0)
      unknown.push_back("min.insync.replicas of " + std::to_string(unknown_min_isr_) +
                        " partitions is not known.");
    // A partition that forbids it is enough, whatever is not known.
    const int status = count_ > 0 ? 409 : unknown.empty() ? 200 : 503;
    auto partitions = Json::array();
    for (const auto& one : blocked_)
      partitions.push_back({{"topic", one.topic},
                            {"partition", one.partition.value},
                            {"obstacle", to_string(one.obstacle)},
                            {"in_sync_replicas", ids(one.isr)},
                            {"min_insync_replicas", or_null(one.min_isr)}});
    Json obstacles = Json::object();
    for (const auto obstacle : kStopObstacles)
      if (const auto count = counts_.at(static_cast<std::size_t>(obstacle)); count > 0)
        obstacles[std::string(to_string(obstacle))] = count;
    auto silent = Json::array();
    for (const auto id : stops_.silent) silent.push_back(id.value);
    ApiAnswer answer{{{"broker", query_.broker.value},
                      {"may_stop", status == 503 ? Json(nullptr) : Json(status == 200)},
                      {"blocked_partitions", count_},
                      {"obstacles", std::move(obstacles)},
                      {"partitions", std::move(partitions)},
                      {"margin", or_null(margin_)},
                      {"silent_brokers", std::move(silent)},
                      {"unknown", std::move(unknown)}}};
    answer.status = status;
    if (status == 503) answer.retry_after = std::chrono::seconds{1};
    return answer;
  }

 private:
  void note(Blocked one) {
    ++count_;
    ++counts_.at(static_cast<std::size_t>(one.obstacle));
    if (blocked_.size() < query_.limit) blocked_.push_back(std::move(one));
  }

  const StopSummary& stops_;
  const StopQuery& query_;
  replication::Freshness freshness_;
  std::uint64_t count_ = 0;
  std::array<std::uint64_t, kStopObstacles.size()> counts_{};
  std::vector<Blocked> blocked_;
  std::optional<std::int32_t> margin_;
  std::uint64_t unknown_min_isr_ = 0;
};

}  // namespace

std::optional<std::vector<StopObstacle>> parse_obstacles(std::string_view text) {
  std::vector<StopObstacle> found;
  while (true) {
    const auto comma = text.find(',');
    const auto* const one =
        std::ranges::find(kStopObstacles, text.substr(0, comma),
                          [](StopObstacle obstacle) { return to_string(obstacle); });
    if (one == kStopObstacles.end()) return std::nullopt;
    found.push_back(*one);
    if (comma == std::string_view::npos) return found;
    text.remove_prefix(comma + 1);
  }
}

ApiAnswer stop_answer(const ClusterStatus& cluster, const StopQuery& query) {
  static const ClusterOverview nothing{};
  const auto& overview = cluster.overview ? *cluster.overview : nothing;
  std::vector<std::string> unknown = overview.stops.unknown;
  const bool is_outdated = overview.is_outdated(std::chrono::steady_clock::now());
  if (!cluster.up || !cluster.overview || is_outdated) {
    unknown.insert(unknown.begin(), "The cluster does not answer.");
  } else if (!overview.stops.blocked.contains(query.broker) && unknown.empty()) {
    ApiAnswer answer{{{"error", "there is no broker or voter of that id"}}};
    answer.status = 404;
    return answer;
  }
  if (overview.has_unwatched_topics && !query.accepts_unwatched)
    unknown.emplace_back(
        "Topics that are not watched (topic_include, topic_exclude) are not known.");
  StopReport report{overview, query};
  report.check_quorum();
  if (cluster.state)
    visit_topics(*cluster.state, {}, [&](const replication::TopicState& topic) {
      report.check(*cluster.state, topic);
      return true;
    });
  return report.answer(std::move(unknown));
}

}  // namespace kie::api
