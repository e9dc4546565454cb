#include "collectors/kafka/describe_configs.h"

#include "collectors/kafka/codec/describe_configs.h"
#include "collectors/kafka/rdkafka.h"
#include "config/parse_number.h"

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace kie::kafka {
namespace {

using codec::DescribeConfigsRequest;
using codec::DescribeConfigsResponse;

constexpr std::string_view kMinInsyncReplicas = "min.insync.replicas";
constexpr std::string_view kUncleanLeaderElection = "unclean.leader.election.enable";
constexpr std::string_view kRetentionMs = "retention.ms";
constexpr std::string_view kProtocolVersion = "inter.broker.protocol.version";
constexpr std::array kTopicKeys{kMinInsyncReplicas, kUncleanLeaderElection, kRetentionMs};
constexpr std::array<std::string_view, 12> kBrokerKeys{kMinInsyncReplicas,
                                                       kUncleanLeaderElection,
                                                       kProtocolVersion,
                                                       "auto.create.topics.enable",
                                                       "default.replication.factor",
                                                       "offsets.topic.replication.factor",
                                                       "producer.id.expiration.ms",
                                                       "replica.fetch.wait.max.ms",
                                                       "replica.lag.time.max.ms",
                                                       "transaction.state.log.min.isr",
                                                       "transaction.state.log.replication.factor",
                                                       "transactional.id.expiration.ms"};

constexpr std::size_t kTopicsAtOnce = 500;

std::vector<std::string_view> keys(std::span<const std::string_view> wanted) {
  return {wanted.begin(), wanted.end()};
}

struct Found {
  std::string_view value;
  model::ConfigSource source = model::ConfigSource::kUnknown;
  bool is_read_only = false;
};

model::ConfigSource to_model(codec::WireConfigSource source) {
  switch (source) {
    case codec::WireConfigSource::kTopic:
      return model::ConfigSource::kTopic;
    case codec::WireConfigSource::kBroker:
      return model::ConfigSource::kDynamicBroker;
    case codec::WireConfigSource::kDefaultBroker:
      return model::ConfigSource::kDynamicDefault;
    case codec::WireConfigSource::kStaticBroker:
      return model::ConfigSource::kStatic;
    case codec::WireConfigSource::kDefault:
      return model::ConfigSource::kDefault;
    default:  // Kafka may send any number
      return model::ConfigSource::kUnknown;
  }
}

/// The config of a key; nullopt if the broker does not have it or hides its value.
std::optional<Found> find(const DescribeConfigsResponse::Resource& resource, std::string_view key) {
  for (const auto& config : resource.configs)
    if (config.name == key && config.value)
      return Found{*config.value, to_model(config.source), config.is_read_only};
  return std::nullopt;
}

template <class Number>
std::optional<model::Configured<Number>> read_number(const std::optional<Found>& config) {
  if (!config) return std::nullopt;
  const auto number = config::parse_number<Number>(config->value);
  if (!number) return std::nullopt;
  return model::Configured<Number>{*number, config->source};
}

std::optional<model::Configured<bool>> read_flag(const std::optional<Found>& config) {
  if (!config) return std::nullopt;
  return model::Configured<bool>{config->value == "true", config->source};
}

TopicConfigsAnswer read_topics(const DescribeConfigsResponse& answer) {
  TopicConfigsAnswer topics;
  for (const auto& resource : answer.resources) {
    std::string name{resource.name};
    if (resource.error != 0) {
      const auto error = error_of(resource.error);
      topics.refused[error.text].push_back(std::move(name));
      continue;
    }
    topics.topics[std::move(name)] = {
        .min_insync_replicas = read_number<std::int32_t>(find(resource, kMinInsyncReplicas)),
        .unclean_leader_election = read_flag(find(resource, kUncleanLeaderElection)),
        .retention_ms = read_number<std::int64_t>(find(resource, kRetentionMs))};
  }
  return topics;
}

Result<model::BrokerConfigs> read_broker(const DescribeConfigsResponse& answer) {
  if (answer.resources.empty())
    return tl::unexpected{Error{kBadMessage, "DescribeConfigs: the answer lacks the broker"}};
  model::BrokerConfigs configs;
  for (const auto& resource : answer.resources) {
    if (resource.error != 0) return tl::unexpected{error_of(resource.error)};
    for (const auto key : kBrokerKeys)
      if (const auto config = find(resource, key))
        configs.values.emplace(key, model::BrokerConfig{.value = std::string{config->value},
                                                        .origin = config->source,
                                                        .is_read_only = config->is_read_only});
    // Hidden is not the same as missing: see release_of().
    for (const auto& config : resource.configs)
      if (config.name == kProtocolVersion && !config.value)
        configs.values.emplace(kProtocolVersion, model::BrokerConfig{});
  }
  return configs;
}

}  // namespace

std::size_t ask_topic_configs(RequestBatch& batch, BrokerId broker,
                              const std::vector<std::string>& names,
                              const std::function<void(Result<TopicConfigsAnswer>)>& receive) {
  std::size_t requests = 0;
  for (std::size_t first = 0; first < names.size(); first += kTopicsAtOnce, ++requests) {
    DescribeConfigsRequest request;
    for (const auto& name :
         std::span{names}.subspan(first, std::min(kTopicsAtOnce, names.size() - first)))
      request.resources.push_back(
          {.type = codec::ResourceType::kTopic, .name = name, .keys = keys(kTopicKeys)});
    batch.send<DescribeConfigsResponse>(
        Question::kConfigs, broker, std::move(request),
        [receive](const Result<DescribeConfigsResponse>& answer, BrokerId) {
          if (!answer) return receive(tl::unexpected{answer.error()});
          receive(read_topics(*answer));
        });
  }
  return requests;
}

void ask_broker_configs(RequestBatch& batch, BrokerId broker,
                        std::function<void(Result<model::BrokerConfigs>)> receive) {
  DescribeConfigsRequest request;
  const auto name = std::make_shared<const std::string>(std::to_string(broker.value));
  request.resources.push_back(
      {.type = codec::ResourceType::kBroker, .name = *name, .keys = keys(kBrokerKeys)});
  batch.send<DescribeConfigsResponse>(Question::kConfigs, broker, std::move(request),
                                      // The request points to the name.
                                      [receive = std::move(receive), name](
                                          const Result<DescribeConfigsResponse>& answer, BrokerId) {
                                        if (!answer) return receive(tl::unexpected{answer.error()});
                                        receive(read_broker(*answer));
                                      });
}

std::optional<model::KafkaRelease> release_of(const model::BrokerConfigs& configs) {
  const auto version = configs.values.find(kProtocolVersion);
  // 4.0 removed the setting; a broker that answers without it has 4.0 or later.
  if (version == configs.values.end()) return model::KafkaRelease{4, 0};
  return model::parse_release(version->second.value);
}

std::optional<model::KafkaRelease> oldest_release(const model::Configs& configs) {
  std::optional<model::KafkaRelease> oldest;
  for (const auto& [broker, known] : configs.brokers)
    if (const auto release = release_of(known))
      oldest = std::min(oldest.value_or(*release), *release);
  return oldest;
}

}  // namespace kie::kafka
