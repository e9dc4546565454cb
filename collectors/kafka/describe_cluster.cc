#include "collectors/kafka/describe_cluster.h"

#include "collectors/kafka/broker_view.h"
#include "collectors/kafka/codec/describe_cluster.h"
#include "collectors/kafka/rdkafka.h"

#include <algorithm>
#include <utility>

namespace kie::kafka {
namespace {

using codec::DescribeClusterRequest;
using codec::DescribeClusterResponse;

Result<ClusterDescription> read(const Result<DescribeClusterResponse>& answer) {
  if (!answer) return tl::unexpected{answer.error()};
  if (answer->error != 0) return tl::unexpected{error_of(answer->error)};
  if (answer->brokers.size() > kMostBrokers)
    return tl::unexpected{Error{kBadMessage, "DescribeCluster: too many brokers"}};
  ClusterDescription cluster;
  cluster.cluster_id = answer->cluster_id;
  for (const auto& broker : answer->brokers)
    if (!broker.is_fenced)
      cluster.brokers.push_back({.id = broker.id,
                                 .host = std::string{broker.host},
                                 .port = broker.port,
                                 .rack = std::string{broker.rack.value_or("")}});
  std::ranges::sort(cluster.brokers, {}, &model::BrokerSnapshot::id);
  return cluster;
}

}  // namespace

void describe_cluster(RequestBatch& batch, BrokerId broker,
                      std::function<void(Result<ClusterDescription>)> receive) {
  batch.send<DescribeClusterResponse>(
      Question::kDescribeCluster, broker, DescribeClusterRequest{},
      [receive = std::move(receive)](const Result<DescribeClusterResponse>& answer, BrokerId) {
        receive(read(answer));
      });
}

}  // namespace kie::kafka
