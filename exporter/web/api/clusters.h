#pragma once

#include "exporter/cluster/status.h"
#include "exporter/web/api/json.h"

#include <string>
#include <vector>

namespace kie::api {

/// Finds by name, or else by Kafka's cluster id; nullptr if there is none.
const ClusterStatus* find_cluster(const std::vector<ClusterStatus>& clusters,
                                  const std::string& key);

/// The state of a cluster as a whole. null: not known.
Json cluster_json(const ClusterStatus& cluster);

/// {"clusters": [...]}, in the order of the configuration.
Json clusters_json(const std::vector<ClusterStatus>& clusters);

}  // namespace kie::api
