#pragma once

#include "exporter/cluster/status.h"
#include "exporter/history/history.h"
#include "exporter/web/api/json.h"
#include "exporter/web/api/parameters.h"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kie::api {

/// The number of events in the answer for one partition.
inline constexpr std::size_t kEventsOfPartition = 20;

inline constexpr std::uint64_t kMostEvents = 1000;

/// The query of the parameters of /api/v1/events; errors stay in the parameters. nullopt: the
/// cluster's id is not known yet, so it has no events.
std::optional<history::EventQuery> event_query(const std::vector<ClusterStatus>& clusters,
                                               Parameters& parameters);

/// A page without events.
Json no_events_json();

/// {"events": [...], "next": ...}, newest first.
tl::expected<Json, ApiError> events_json(history::History& history,
                                         const history::EventQuery& query,
                                         const std::vector<ClusterStatus>& clusters);

}  // namespace kie::api
