#include "exporter/web/api/partitions.h"

#include "collectors/cluster/state.h"
#include "collectors/replication/summary.h"
#include "exporter/web/api/or_null.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

namespace kie::api {
namespace {

using replication::Health;
using replication::Instant;
using replication::Partition;
using replication::Topic;

Json ids(const std::vector<BrokerId>& brokers) {
  auto list = Json::array();
  for (const auto& broker : brokers) list.push_back(broker.value);
  return list;
}

/// The moment on the wall clock, in seconds since 1970.
Json time_or_null(const std::optional<Instant>& instant) {
  if (!instant) return nullptr;
  const auto ago = std::chrono::steady_clock::now() - *instant;
  return std::chrono::duration<double>(
             std::chrono::system_clock::now().time_since_epoch() -
             std::chrono::duration_cast<std::chrono::system_clock::duration>(ago))
      .count();
}

/// Reads one cluster's knowledge, whose mutex the caller holds.
class Reader {
 public:
  explicit Reader(const ClusterStatus& cluster)
      : known_(*cluster.knowledge),
        freshness_(freshness_of(known_, std::chrono::steady_clock::now(), cluster.staleness)),
        live_(live_brokers(known_.state, freshness_)) {}

  /// nullopt if its row was not heard of for too long.
  std::optional<Health> health(const Topic& topic, const Partition& partition) const {
    if (!freshness_.is_fresh(partition.seen)) return std::nullopt;
    return health_of(partition, min_isr(topic), known_.settings.release);
  }

  Json partition(const Topic& topic, const Partition& partition) const {
    const auto health = this->health(topic, partition);
    // Without a controller what looks healthy is old news.
    const auto said = [&](auto member) {
      std::optional<bool> value;
      if (health) value = (*health).*member;
      if (freshness_.is_old_news && value == false) value.reset();
      return or_null(value);
    };
    const auto min = min_isr(topic);
    const bool led = partition.leadership == model::Leadership::kLeader;
    return {{"topic", topic.name},
            {"partition", partition.id.value},
            {"fresh", health.has_value() && !freshness_.is_old_news},
            {"leader", led ? Json(partition.leader.value) : Json(nullptr)},
            {"last_leader", or_null(partition.last_leader)},
            {"leader_epoch", or_null(partition.leader_epoch)},
            {"replicas", ids(partition.replicas)},
            {"in_sync_replicas", ids(partition.isr)},
            {"last_in_sync_replicas", ids(partition.last_isr)},
            {"adding_replicas", ids(partition.adding)},
            {"min_insync_replicas", or_null(min)},
            {"oldest_offset", or_null(partition.earliest)},
            {"current_offset", or_null(partition.latest)},
            {"offline", said(&Health::offline)},
            {"under_min_isr", said(&Health::under_min_isr)},
            {"at_min_isr", said(&Health::at_min_isr)},
            {"under_replicated", said(&Health::under_replicated)},
            {"last_replica", said(&Health::last_replica)},
            {"reassigning", said(&Health::reassigning)},
            {"at_risk_records", health ? at_risk(partition) : Json(nullptr)},
            {"seen", time_or_null(partition.seen)},
            {"offsets_seen", time_or_null(partition.offsets_seen)}};
  }

 private:
  Json at_risk(const Partition& partition) const {
    const auto records = at_risk_records(partition, live_);
    return !records || (*records == 0 && freshness_.is_old_news) ? Json(nullptr) : Json(*records);
  }

  std::optional<std::int32_t> min_isr(const Topic& topic) const {
    return known_.settings.min_isr(topic.name);
  }

  const ClusterState& known_;
  replication::Freshness freshness_;
  std::optional<std::vector<BrokerId>> live_;
};

}  // namespace

std::optional<Cursor> parse_cursor(std::string_view text) {
  const auto slash = text.rfind('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  Cursor cursor{std::string(text.substr(0, slash)), 0};
  const auto number = text.substr(slash + 1);
  const auto* const begin = number.data();
  const auto* const end = begin + number.size();
  const auto [stop, error] = std::from_chars(begin, end, cursor.partition);
  if (error != std::errc{} || stop != end || cursor.partition < 0) return std::nullopt;
  return cursor;
}

Json partitions_json(const ClusterStatus& cluster, const PartitionQuery& query) {
  auto list = Json::array();
  Json next = nullptr;
  if (cluster.knowledge) {
    const std::scoped_lock lock{cluster.knowledge->mutex};
    const Reader reader{cluster};
    const auto& topics = cluster.knowledge->state.topics;
    const auto first = query.after
                           ? std::ranges::lower_bound(topics, query.after->topic, {}, &Topic::name)
                           : topics.begin();
    for (auto topic = first; topic != topics.end() && next.is_null(); ++topic) {
      if (!query.topics.matches(topic->name)) continue;
      for (const auto& partition : topic->partitions) {
        if (query.after && topic->name == query.after->topic &&
            partition.id.value <= query.after->partition)
          continue;
        if (query.unhealthy) {
          const auto health = reader.health(*topic, partition);
          if (!health || !is_unhealthy(*health)) continue;
        }
        if (list.size() == query.limit) {
          const auto& last = list.back();
          next = last["topic"].get<std::string>() + "/" +
                 std::to_string(last["partition"].get<std::int32_t>());
          break;
        }
        list.push_back(reader.partition(*topic, partition));
      }
    }
  }
  return {{"partitions", std::move(list)}, {"next", std::move(next)}};
}

std::optional<Json> partition_json(const ClusterStatus& cluster, const Cursor& which) {
  if (!cluster.knowledge) return std::nullopt;
  const std::scoped_lock lock{cluster.knowledge->mutex};
  const auto* topic = replication::find_topic(cluster.knowledge->state, which.topic);
  if (topic == nullptr) return std::nullopt;
  const auto* partition = replication::find_partition(*topic, PartitionId{which.partition});
  if (partition == nullptr) return std::nullopt;
  return Reader{cluster}.partition(*topic, *partition);
}

}  // namespace kie::api
