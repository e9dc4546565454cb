#pragma once

#include "collectors/kafka/request_batch.h"
#include "collectors/model/snapshot.h"

#include <functional>
#include <string>
#include <vector>

namespace kie::kafka {

/// The brokers of the cluster, as known to one broker.
struct ClusterDescription {
  std::string cluster_id;
  /// Registered, not fenced, with a listener of the name in use. Sorted by id.
  std::vector<model::BrokerSnapshot> brokers;
};

/// Source: DescribeCluster (API 60). Needs no permission.
void describe_cluster(RequestBatch& batch, BrokerId broker,
                      std::function<void(Result<ClusterDescription>)> receive);

}  // namespace kie::kafka
