#pragma once

#include "collectors/kafka/round.h"
#include "collectors/model/configs.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace kie::kafka {

struct TopicAnswers {
  std::map<std::string, model::TopicConfigs, std::less<>> topics;
  /// Topics that could not be read, by error, in librdkafka's words.
  std::map<std::string, std::vector<std::string>> refused;
};

/// The settings of topics that collectors need, filtered by key at the broker. `receive` is called
/// for every kTopicsAtOnce names. Source: DescribeConfigs (API 32) of TOPIC resources. Permission:
/// DescribeConfigs on the topics.
void ask_topic_settings(Round& round, BrokerId broker, const std::vector<std::string>& names,
                        const std::function<void(Result<TopicAnswers>)>& receive);

/// The settings of one broker that collectors need, as it has them itself; one request, since
/// librdkafka takes one broker a call.
/// Source: DescribeConfigs of the BROKER resource. Permission: DescribeConfigs on the cluster.
void ask_broker_settings(Round& round, BrokerId broker,
                         std::function<void(Result<model::BrokerConfigs>)> receive);

/// The release that a broker's settings tell; nullopt if they have one that cannot be read.
std::optional<model::Release> release_of(const model::BrokerConfigs& settings);
/// Of all brokers that are known; nullopt if none tells.
std::optional<model::Release> oldest_release(const model::Configs& settings);

}  // namespace kie::kafka
