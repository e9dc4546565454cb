#pragma once

#include "config/topic_filter.h"
#include "exporter/cluster/status.h"
#include "exporter/web/api/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kie::api {

inline constexpr std::uint64_t kMostPartitions = 1000;

/// A position in the order of the answers: by topic, then by number.
struct Cursor {
  std::string topic;
  std::int32_t partition = 0;
};

/// Reads TOPIC/PARTITION.
std::optional<Cursor> parse_cursor(std::string_view text);

struct PartitionQuery {
  /// Only unhealthy ones, as with partition_metrics = "unhealthy".
  bool unhealthy = false;
  config::TopicFilter topics;
  std::uint64_t limit = 100;
  /// Begin after this one, which need not exist.
  std::optional<Cursor> after;
};

/// {"partitions": [...], "next": cursor or null}. If partitions are added or removed between two
/// pages, none of the others is repeated or left out.
Json partitions_json(const ClusterStatus& cluster, const PartitionQuery& query);

/// One partition; nullopt if it is not known.
std::optional<Json> partition_json(const ClusterStatus& cluster, const Cursor& which);

}  // namespace kie::api
