#pragma once

#include "collectors/kafka/round.h"
#include "collectors/kafka/statement.h"

#include <functional>
#include <string>
#include <vector>

/// Questions of the Admin API that can be aimed at a broker. Each adds itself to a round; its
/// receiver is called in Round::collect() if the broker answered in time.
namespace kie::kafka {

/// Topics in one question. Bounded, so that the time of an answer does not grow with the cluster
/// and tells a slow broker from a silent one.
inline constexpr std::size_t kTopicsAtOnce = 500;

/// Source: librdkafka's DescribeTopics (Metadata by name, with topic ids). `receive` is called for
/// every kTopicsAtOnce names.
void ask_topics(Round& round, BrokerId broker, const std::vector<std::string>& names,
                const std::function<void(Result<std::vector<TopicStatement>>)>& receive);

/// Source: DescribeCluster (API 60): brokers with racks, sorted by id.
void ask_cluster(Round& round, BrokerId broker,
                 std::function<void(Result<std::vector<model::BrokerSnapshot>>)> receive);

}  // namespace kie::kafka
