#include "exporter/web/api/partitions.h"

#include "collectors/cluster/overview.h"
#include "collectors/cluster/state.h"
#include "collectors/cluster/visit_topics.h"
#include "collectors/replication/summary.h"
#include "config/parse_number.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/journal/or_null.h"

#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

namespace kie::api {
namespace {

using replication::Health;
using replication::Instant;
using replication::PartitionState;
using replication::TopicState;

/// The moment on the wall clock, in seconds since 1970.
Json time_or_null(const std::optional<Instant>& instant) {
  if (!instant) return nullptr;
  const auto ago = std::chrono::steady_clock::now() - *instant;
  return exposition::unix_seconds(
      std::chrono::system_clock::now() -
      std::chrono::duration_cast<std::chrono::system_clock::duration>(ago));
}

/// A copy of a partition, so that it is rendered without the state's mutex.
struct Row {
  std::string topic;
  PartitionState partition;
  std::optional<std::int32_t> min_isr;
  /// nullopt: stale.
  std::optional<Health> health;
};

/// Reads rows of one cluster and renders them.
class Rows {
 public:
  explicit Rows(const ClusterStatus& cluster)
      : known_(*cluster.state), overview_(*cluster.overview), freshness_(overview_.freshness) {
    freshness_.now = std::chrono::steady_clock::now();
  }

  /// With the state's mutex.
  Row read(const TopicState& topic, const PartitionState& partition) const {
    Row row{.topic = topic.name,
            .partition = partition,
            .min_isr = known_.settings.min_isr(topic.name),
            .health = {}};
    if (freshness_.is_fresh(partition.seen))
      row.health = health_of(partition, row.min_isr, known_.settings.release);
    return row;
  }

  /// Without it.
  Json render(const Row& row) const {
    const auto& [topic, partition, min_isr, health] = row;
    // Without a controller healthy values may be outdated.
    const auto value_of = [&, &of = row.health](auto member) {
      std::optional<bool> value;
      if (of) value = (*of).*member;
      if (freshness_.is_old_news && value == false) value.reset();
      return or_null(value);
    };
    return {{"topic", topic},
            {"partition", partition.id.value},
            {"fresh", health.has_value() && !freshness_.is_old_news},
            {"leader", or_null(partition.leader)},
            {"last_leader", or_null(partition.last_leader)},
            {"leader_epoch", or_null(partition.leader_epoch)},
            {"replicas", ids(partition.replicas)},
            {"in_sync_replicas", ids(partition.isr)},
            {"last_in_sync_replicas", ids(partition.last_isr)},
            {"adding_replicas", ids(partition.adding)},
            {"min_insync_replicas", or_null(min_isr)},
            {"oldest_offset", or_null(partition.earliest)},
            {"current_offset", or_null(partition.latest)},
            {"offline", value_of(&Health::offline)},
            {"under_min_isr", value_of(&Health::under_min_isr)},
            {"at_min_isr", value_of(&Health::at_min_isr)},
            {"under_replicated", value_of(&Health::under_replicated)},
            {"last_replica", value_of(&Health::last_replica)},
            {"reassigning", value_of(&Health::reassigning)},
            {"at_risk_records", health ? at_risk(partition) : Json(nullptr)},
            {"seen", time_or_null(partition.seen)},
            {"offsets_seen", time_or_null(partition.offsets_seen)}};
  }

 private:
  Json at_risk(const PartitionState& partition) const {
    const auto records = at_risk_records(partition, overview_.summary.live);
    return !records || (*records == 0 && freshness_.is_old_news) ? Json(nullptr) : Json(*records);
  }

  const ClusterState& known_;
  const ClusterOverview& overview_;
  replication::Freshness freshness_;
};

}  // namespace

std::optional<Cursor> parse_cursor(std::string_view text) {
  const auto slash = text.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  const auto number = config::parse_number<std::int32_t>(text.substr(slash + 1));
  if (!number || *number < 0) return std::nullopt;
  return Cursor{std::string(text.substr(0, slash)), *number};
}

Json partitions_json(const ClusterStatus& cluster, const PartitionQuery& query) {
  auto list = Json::array();
  if (!cluster.state || !cluster.overview) return {{"partitions", list}, {"next", nullptr}};
  const Rows rows{cluster};
  const auto is_before = [&](const TopicState& topic, const PartitionState& partition) {
    return query.after && topic.name == query.after->topic &&
           partition.id.value <= query.after->partition;
  };
  std::vector<Row> found;
  bool has_more = false;
  visit_topics(*cluster.state, query.after ? query.after->topic : std::string{},
               [&](const TopicState& topic) {
                 if (!query.topics.matches(topic.name)) return true;
                 for (const auto& partition : topic.partitions) {
                   if (is_before(topic, partition)) continue;
                   auto row = rows.read(topic, partition);
                   if (query.unhealthy && !(row.health && is_unhealthy(*row.health))) continue;
                   has_more = found.size() == query.limit;
                   if (has_more) return false;
                   found.push_back(std::move(row));
                 }
                 return true;
               });
  for (const auto& row : found) list.push_back(rows.render(row));
  Json next = nullptr;
  if (has_more) next = found.back().topic + "/" + std::to_string(found.back().partition.id.value);
  return {{"partitions", std::move(list)}, {"next", std::move(next)}};
}

std::optional<Json> partition_json(const ClusterStatus& cluster, const Cursor& which) {
  if (!cluster.state || !cluster.overview) return std::nullopt;
  const Rows rows{cluster};
  std::optional<Row> row;
  {
    const std::scoped_lock lock{cluster.state->mutex};
    const auto* topic = replication::find_topic(cluster.state->replication, which.topic);
    if (topic == nullptr) return std::nullopt;
    const auto* partition = replication::find_partition(*topic, PartitionId{which.partition});
    if (partition == nullptr) return std::nullopt;
    row = rows.read(*topic, *partition);
  }
  return rows.render(*row);
}

}  // namespace kie::api
