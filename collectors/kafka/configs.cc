#include "collectors/kafka/configs.h"

#include "collectors/kafka/describe.h"
#include "collectors/kafka/event.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <span>

namespace kie::kafka {
namespace {

constexpr const char* kMinInsyncReplicas = "min.insync.replicas";
constexpr const char* kUncleanLeaderElection = "unclean.leader.election.enable";
constexpr const char* kRetentionMs = "retention.ms";
constexpr const char* kProtocolVersion = "inter.broker.protocol.version";
constexpr std::array kTopicKeys{kMinInsyncReplicas, kUncleanLeaderElection, kRetentionMs};
constexpr std::array kBrokerKeys{kMinInsyncReplicas,
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

struct Asked {
  rd_kafka_ResourceType_t type;
  std::span<const std::string> names;
  std::span<const char* const> keys;
};

Round::Send describe(const Asked& asked) {
  return
      [asked](rd_kafka_t* handle, const rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
        std::vector<ConfigResourcePtr> owned;
        std::vector<rd_kafka_ConfigResource_t*> resources;
        for (const auto& name : asked.names) {
          owned.emplace_back(rd_kafka_ConfigResource_new(asked.type, name.c_str()));
          // In a question, a configuration entry is a filter by key; its value is not sent.
          for (const char* key : asked.keys)
            rd_kafka_ConfigResource_set_config(owned.back().get(), key, "");
          resources.push_back(owned.back().get());
        }
        rd_kafka_DescribeConfigs(handle, resources.data(), resources.size(), options, queue);
      };
}

std::span<const rd_kafka_ConfigResource_t*> resources_of(rd_kafka_event_t* event) {
  std::size_t count = 0;
  const auto** resources = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event), &count);
  return {resources, count};
}

/// The entry of a key; nullptr if the broker does not have it or hides its value.
const rd_kafka_ConfigEntry_t* entry_of(const rd_kafka_ConfigResource_t* resource, const char* key) {
  std::size_t count = 0;
  const auto** entries = rd_kafka_ConfigResource_configs(resource, &count);
  for (const auto* entry : std::span{entries, count})
    if (std::strcmp(rd_kafka_ConfigEntry_name(entry), key) == 0)
      return rd_kafka_ConfigEntry_value(entry) == nullptr ? nullptr : entry;
  return nullptr;
}

model::ConfigSource origin_of(const rd_kafka_ConfigEntry_t* entry) {
  switch (rd_kafka_ConfigEntry_source(entry)) {
    case RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG:
      return model::ConfigSource::kTopic;
    case RD_KAFKA_CONFIG_SOURCE_DYNAMIC_BROKER_CONFIG:
      return model::ConfigSource::kDynamicBroker;
    case RD_KAFKA_CONFIG_SOURCE_DYNAMIC_DEFAULT_BROKER_CONFIG:
      return model::ConfigSource::kDynamicDefault;
    case RD_KAFKA_CONFIG_SOURCE_STATIC_BROKER_CONFIG:
      return model::ConfigSource::kStatic;
    case RD_KAFKA_CONFIG_SOURCE_DEFAULT_CONFIG:
      return model::ConfigSource::kDefault;
    default:
      return model::ConfigSource::kUnknown;
  }
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

template <class Number>
std::optional<model::Configured<Number>> read_number(const rd_kafka_ConfigEntry_t* entry) {
  if (entry == nullptr) return std::nullopt;
  const auto number = parse_number<Number>(rd_kafka_ConfigEntry_value(entry));
  if (!number) return std::nullopt;
  return model::Configured<Number>{*number, origin_of(entry)};
}

std::optional<model::Configured<bool>> read_flag(const rd_kafka_ConfigEntry_t* entry) {
  if (entry == nullptr) return std::nullopt;
  return model::Configured<bool>{std::strcmp(rd_kafka_ConfigEntry_value(entry), "true") == 0,
                                 origin_of(entry)};
}

TopicAnswers read_topics(rd_kafka_event_t* event) {
  TopicAnswers answers;
  for (const auto* resource : resources_of(event)) {
    const char* name = rd_kafka_ConfigResource_name(resource);
    if (const auto error = rd_kafka_ConfigResource_error(resource);
        error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      answers.refused[make_error(error).text].emplace_back(name);
      continue;
    }
    answers.topics[name] = {
        .min_insync_replicas = read_number<std::int32_t>(entry_of(resource, kMinInsyncReplicas)),
        .unclean_leader_election = read_flag(entry_of(resource, kUncleanLeaderElection)),
        .retention_ms = read_number<std::int64_t>(entry_of(resource, kRetentionMs))};
  }
  return answers;
}

Result<model::BrokerConfigs> read_broker(rd_kafka_event_t* event) {
  model::BrokerConfigs settings;
  for (const auto* resource : resources_of(event)) {
    if (const auto error = rd_kafka_ConfigResource_error(resource);
        error != RD_KAFKA_RESP_ERR_NO_ERROR)
      return tl::make_unexpected(make_error(error));
    for (const char* key : kBrokerKeys)
      if (const auto* entry = entry_of(resource, key))
        settings.values.emplace(
            key,
            model::BrokerConfig{.value = rd_kafka_ConfigEntry_value(entry),
                                .origin = origin_of(entry),
                                .is_read_only = rd_kafka_ConfigEntry_is_read_only(entry) != 0});
  }
  return settings;
}

}  // namespace

void ask_topic_settings(Round& round, BrokerId broker, const std::vector<std::string>& names,
                        const std::function<void(Result<TopicAnswers>)>& receive) {
  for (std::size_t first = 0; first < names.size(); first += kTopicsAtOnce) {
    const auto chunk =
        std::span{names}.subspan(first, std::min(kTopicsAtOnce, names.size() - first));
    round.ask(Question::kConfigs, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, broker,
              describe({RD_KAFKA_RESOURCE_TOPIC, chunk, kTopicKeys}),
              [receive](rd_kafka_event_t* event) {
                if (auto ok = check_event(event); !ok) {
                  receive(tl::make_unexpected(ok.error()));
                } else {
                  receive(read_topics(event));
                }
              });
  }
}

void ask_broker_settings(Round& round, BrokerId broker,
                         std::function<void(Result<model::BrokerConfigs>)> receive) {
  const std::vector<std::string> names{std::to_string(broker.value)};
  round.ask(Question::kConfigs, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, broker,
            describe({RD_KAFKA_RESOURCE_BROKER, names, kBrokerKeys}),
            [receive = std::move(receive)](rd_kafka_event_t* event) {
              if (auto ok = check_event(event); !ok) {
                receive(tl::make_unexpected(ok.error()));
              } else {
                receive(read_broker(event));
              }
            });
}

std::optional<model::Release> release_of(const model::BrokerConfigs& settings) {
  const auto version = settings.values.find(kProtocolVersion);
  // 4.0 removed the setting; whoever answers without it is that or later.
  if (version == settings.values.end()) return model::Release{4, 0};
  return model::parse_release(version->second.value);
}

std::optional<model::Release> oldest_release(const model::Configs& settings) {
  std::optional<model::Release> oldest;
  for (const auto& [broker, known] : settings.brokers)
    if (const auto release = release_of(known))
      oldest = std::min(oldest.value_or(*release), *release);
  return oldest;
}

}  // namespace kie::kafka
