#pragma once

#include "collectors/kafka/request_batch.h"
#include "collectors/model/configs.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The settings that collectors need, filtered by key at the broker.
/// Source: DescribeConfigs (API 32).
namespace kie::kafka {

struct TopicConfigsAnswer {
  std::map<std::string, model::TopicConfigs, std::less<>> topics;
  /// Topics that could not be read, by error text.
  std::map<std::string, std::vector<std::string>> refused;
};

/// The configs of topics, in several requests: the time of an answer must not grow with the
/// cluster, or a slow broker cannot be distinguished from a frozen one. `receive` is called for
/// each; returns their number. `names` must exist until the batch has been awaited. Permission:
/// DescribeConfigs on the topics.
std::size_t ask_topic_configs(RequestBatch& batch, BrokerId broker,
                              const std::vector<std::string>& names,
                              const std::function<void(Result<TopicConfigsAnswer>)>& receive);

/// The configs of one broker, from that broker. Permission: DescribeConfigs on the cluster.
void ask_broker_configs(RequestBatch& batch, BrokerId broker,
                        std::function<void(Result<model::BrokerConfigs>)> receive);

/// The release in a broker's configs; nullopt if it cannot be read.
std::optional<model::KafkaRelease> release_of(const model::BrokerConfigs& configs);
/// Of all known brokers; nullopt if none is known.
std::optional<model::KafkaRelease> oldest_release(const model::Configs& configs);

}  // namespace kie::kafka
