#pragma once

#include <functional>
#include <string>
#include <vector>

#include "collectors/kafka/round.h"
#include "collectors/kafka/statement.h"

/// Questions of the Admin API that can be aimed at a broker. Each adds itself to a round; its
/// receiver is called in Round::collect() if the broker answered in time.
namespace kie::kafka {

/// Source: librdkafka's DescribeTopics (Metadata by name, with topic ids). `names` not empty.
/// The statements are sorted by name.
void ask_topics(Round& round, BrokerId broker, const std::vector<std::string>& names,
                std::function<void(Result<std::vector<TopicStatement>>)> receive);

/// Source: DescribeCluster (API 60): brokers with racks, sorted by id.
void ask_cluster(Round& round, BrokerId broker,
                 std::function<void(Result<std::vector<BrokerLook>>)> receive);

}  // namespace kie::kafka
