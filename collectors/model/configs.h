#pragma once

#include "collectors/model/ids.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kie::model {

/// Kafka's release, as far as rules depend on it.
struct KafkaRelease {
  int major = 0;
  int minor = 0;

  constexpr auto operator<=>(const KafkaRelease&) const = default;
};

/// Where a setting's value comes from. Source: config_source of DescribeConfigs (API 32).
enum class ConfigSource : std::uint8_t {
  kUnknown,
  /// Set for this topic.
  kTopic,
  /// Set for this broker at run time.
  kDynamicBroker,
  /// Set for all brokers (--entity-default), controllers included.
  kDynamicDefault,
  /// In the broker's file.
  kStatic,
  /// Kafka's own default.
  kDefault,
};

constexpr std::string_view to_string(ConfigSource origin) {
  switch (origin) {
    case ConfigSource::kTopic:
      return "topic";
    case ConfigSource::kDynamicBroker:
      return "dynamic broker";
    case ConfigSource::kDynamicDefault:
      return "dynamic default";
    case ConfigSource::kStatic:
      return "static";
    case ConfigSource::kDefault:
      return "default";
    case ConfigSource::kUnknown:
      break;
  }
  return "unknown";
}

/// Whether the value is the same on all brokers: the topic's own, or the cluster's dynamic default.
/// Others hold only for the broker that was asked: under KRaft the controller's file counts for
/// elections, and cannot be read.
constexpr bool is_certain(ConfigSource origin) {
  return origin == ConfigSource::kTopic || origin == ConfigSource::kDynamicDefault;
}

template <class Value>
struct Configured {
  Value value{};
  ConfigSource origin = ConfigSource::kUnknown;

  bool operator==(const Configured&) const = default;
};

/// The settings of one topic; nullopt: the broker does not have the setting, or its value is not
/// known.
struct TopicConfigs {
  /// As configured; see effective_min_isr().
  std::optional<Configured<std::int32_t>> min_insync_replicas;
  std::optional<Configured<bool>> unclean_leader_election;
  /// -1: unlimited.
  std::optional<Configured<std::int64_t>> retention_ms;

  bool operator==(const TopicConfigs&) const = default;
};

struct BrokerConfig {
  std::string value;
  ConfigSource origin = ConfigSource::kUnknown;
  /// It can be changed only in the broker's file, with a restart.
  bool is_read_only = false;

  bool operator==(const BrokerConfig&) const = default;
};

struct BrokerConfigs {
  /// By key, of kBrokerKeys, without those that the broker's release does not have.
  std::map<std::string, BrokerConfig, std::less<>> values;
  /// When the request was sent.
  std::chrono::steady_clock::time_point asked;
};

/// The settings of topics and brokers that collectors need. Updated with every answer; deleted
/// topics are dropped.
/// Source: DescribeConfigs of the topics and of each broker.
struct Configs {
  std::map<std::string, TopicConfigs, std::less<>> topics;
  /// Without brokers that have not answered for too long.
  std::map<BrokerId, BrokerConfigs> brokers;
  /// The oldest of the brokers', by inter.broker.protocol.version; without it 4.0 or later.
  std::optional<KafkaRelease> release;

  /// The settings of the topic; empty if they are not known.
  const TopicConfigs& of(std::string_view topic) const {
    static const TopicConfigs nothing;
    const auto found = topics.find(topic);
    return found == topics.end() ? nothing : found->second;
  }

  /// Raw min.insync.replicas of the topic.
  std::optional<std::int32_t> min_isr(std::string_view topic) const {
    const auto& setting = of(topic).min_insync_replicas;
    return setting ? std::optional{setting->value} : std::nullopt;
  }
};

/// min.insync.replicas as brokers apply it: from 3.7 on never above the number of replicas
/// (KIP-966), before that as configured; nullopt if it depends on the release, which is not known.
constexpr std::optional<std::int32_t> effective_min_isr(
    std::int32_t raw, std::int32_t replicas, const std::optional<KafkaRelease>& release) {
  if (raw <= replicas) return raw;
  if (!release) return std::nullopt;
  return *release >= KafkaRelease{3, 7} ? replicas : raw;
}

/// Reads the value of inter.broker.protocol.version ("3.9-IV0", "3.9", "2.8").
std::optional<KafkaRelease> parse_release(std::string_view inter_broker_protocol_version);

}  // namespace kie::model
