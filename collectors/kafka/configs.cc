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
constexpr const char* kProtocolVersion = "inter.broker.protocol.version";
constexpr std::array kTopicKeys{kMinInsyncReplicas, kUncleanLeaderElection};
constexpr std::array kBrokerKeys{kProtocolVersion};

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

std::optional<UncleanLeaderElection> read_unclean(const rd_kafka_ConfigEntry_t* entry) {
  if (entry == nullptr) return std::nullopt;
  const auto source = rd_kafka_ConfigEntry_source(entry);
  return UncleanLeaderElection{
      .enabled = std::strcmp(rd_kafka_ConfigEntry_value(entry), "true") == 0,
      .is_certain = source == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG ||
                    source == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_DEFAULT_BROKER_CONFIG};
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

TopicSettings read_topics(rd_kafka_event_t* event) {
  TopicSettings settings;
  for (const auto* resource : resources_of(event)) {
    const char* name = rd_kafka_ConfigResource_name(resource);
    if (const auto error = rd_kafka_ConfigResource_error(resource);
        error != RD_KAFKA_RESP_ERR_NO_ERROR) {
      settings.refused[make_error(error).text].emplace_back(name);
      continue;
    }
    if (const auto* entry = entry_of(resource, kMinInsyncReplicas))
      if (const auto number = parse_number<std::int32_t>(rd_kafka_ConfigEntry_value(entry)))
        settings.min_insync_replicas[name] = *number;
    if (const auto unclean = read_unclean(entry_of(resource, kUncleanLeaderElection)))
      settings.unclean_leader_election[name] = *unclean;
  }
  return settings;
}

Result<std::optional<Release>> read_release(rd_kafka_event_t* event) {
  for (const auto* resource : resources_of(event)) {
    if (const auto error = rd_kafka_ConfigResource_error(resource);
        error != RD_KAFKA_RESP_ERR_NO_ERROR)
      return tl::make_unexpected(make_error(error));
    const auto* entry = entry_of(resource, kProtocolVersion);
    // 4.0 removed the setting; whoever answers without it is that or later.
    if (entry == nullptr) return Release{4, 0};
    return parse_release(rd_kafka_ConfigEntry_value(entry));
  }
  return std::nullopt;
}

}  // namespace

std::optional<Release> parse_release(const std::string& inter_broker_protocol_version) {
  std::string_view text = inter_broker_protocol_version;
  text = text.substr(0, text.find('-'));
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto major = parse_number<int>(text.substr(0, dot));
  text.remove_prefix(dot + 1);
  const auto minor = parse_number<int>(text.substr(0, text.find('.')));
  if (!major || !minor) return std::nullopt;
  return Release{*major, *minor};
}

void ask_topic_settings(Round& round, BrokerId broker, const std::vector<std::string>& names,
                        const std::function<void(Result<TopicSettings>)>& receive) {
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

void ask_release(Round& round, BrokerId broker,
                 std::function<void(Result<std::optional<Release>>)> receive) {
  const std::vector<std::string> names{std::to_string(broker.value)};
  round.ask(Question::kConfigs, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, broker,
            describe({RD_KAFKA_RESOURCE_BROKER, names, kBrokerKeys}),
            [receive = std::move(receive)](rd_kafka_event_t* event) {
              if (auto ok = check_event(event); !ok) {
                receive(tl::make_unexpected(ok.error()));
              } else {
                receive(read_release(event));
              }
            });
}

}  // namespace kie::kafka
