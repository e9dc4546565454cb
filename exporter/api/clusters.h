#pragma once

#include "exporter/api/json.h"
#include "exporter/status.h"

#include <vector>

namespace kie::api {

/// How a cluster is, as a whole. null: not known.
Json cluster_json(const ClusterStatus& cluster);

/// {"clusters": [...]}, in the order of the configuration.
Json clusters_json(const std::vector<ClusterStatus>& clusters);

}  // namespace kie::api
