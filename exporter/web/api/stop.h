#pragma once

#include "collectors/cluster/stop.h"
#include "exporter/cluster/status.h"
#include "exporter/web/api/answer.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace kie::api {

inline constexpr std::uint64_t kMostObstacles = 1000;

struct StopQuery {
  BrokerId broker;
  /// Obstacles that do not count.
  std::vector<StopObstacle> accepted;
  /// Topics that the configuration excludes do not count.
  bool accepts_unwatched = false;
  /// The number of partitions in the answer.
  std::uint64_t limit = 100;
};

/// Reads names of obstacles with commas between them; nullopt: one is wrong.
std::optional<std::vector<StopObstacle>> parse_obstacles(std::string_view text);

/// Whether the broker may be stopped: 200 yes, 409 no, with the partitions and reasons, 503 not
/// known, 404 if there is no such broker and no voter of that id.
ApiAnswer stop_answer(const ClusterStatus& cluster, const StopQuery& query);

}  // namespace kie::api
