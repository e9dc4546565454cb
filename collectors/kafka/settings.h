#pragma once

#include "collectors/kafka/ids.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kie::kafka {

/// Kafka's release as far as a rule depends on it.
struct Release {
  int major = 0;
  int minor = 0;

  constexpr auto operator<=>(const Release&) const = default;
};

/// Where a setting's value comes from. Source: config_source of DescribeConfigs (API 32).
enum class Origin : std::uint8_t {
  kUnknown,
  /// Set for this topic.
  kTopic,
  /// Set for this broker while it ran.
  kDynamicBroker,
  /// Set for all brokers (--entity-default), controllers included.
  kDynamicDefault,
  /// In the broker's file.
  kStatic,
  /// Kafka's own default.
  kDefault,
};

constexpr std::string_view to_string(Origin origin) {
  switch (origin) {
    case Origin::kTopic:
      return "topic";
    case Origin::kDynamicBroker:
      return "dynamic broker";
    case Origin::kDynamicDefault:
      return "dynamic default";
    case Origin::kStatic:
      return "static";
    case Origin::kDefault:
      return "default";
    case Origin::kUnknown:
      break;
  }
  return "unknown";
}

/// Whether a topic has the value wherever it is asked for: it is the topic's own, or the cluster's
/// dynamic default. All others are only how the broker that was asked sees it: under KRaft the
/// controller's file counts for elections, which nobody can read.
constexpr bool is_certain(Origin origin) {
  return origin == Origin::kTopic || origin == Origin::kDynamicDefault;
}

template <class Value>
struct Configured {
  Value value{};
  Origin origin = Origin::kUnknown;

  bool operator==(const Configured&) const = default;
};

/// Of one topic; nullopt: the broker does not have the setting, or no such value is known.
struct TopicSettings {
  /// Raw, as it is configured: effective_min_isr() says what brokers make of it.
  std::optional<Configured<std::int32_t>> min_insync_replicas;
  std::optional<Configured<bool>> unclean_leader_election;
  /// -1: unlimited.
  std::optional<Configured<std::int64_t>> retention_ms;

  bool operator==(const TopicSettings&) const = default;
};

struct BrokerSetting {
  std::string value;
  Origin origin = Origin::kUnknown;
  /// It is changed in the broker's file only, and by a restart.
  bool is_read_only = false;

  bool operator==(const BrokerSetting&) const = default;
};

struct BrokerSettings {
  /// By key, of kBrokerKeys; one that the broker's release does not have is not there.
  std::map<std::string, BrokerSetting, std::less<>> values;
  /// When the question was sent.
  std::chrono::steady_clock::time_point asked;
};

/// What is configured for topics and brokers, as far as collectors need it. One observation, that
/// grows with every answer and forgets deleted topics.
/// Source: DescribeConfigs of the topics and of each broker.
struct Settings {
  std::map<std::string, TopicSettings, std::less<>> topics;
  /// Who did not answer for too long is not there.
  std::map<BrokerId, BrokerSettings> brokers;
  /// The oldest of the brokers', by inter.broker.protocol.version; its absence means 4.0 or later.
  std::optional<Release> release;

  /// What is configured for the topic; nothing if that is not known.
  const TopicSettings& of(std::string_view topic) const {
    static const TopicSettings nothing;
    const auto found = topics.find(topic);
    return found == topics.end() ? nothing : found->second;
  }

  /// Raw min.insync.replicas of the topic.
  std::optional<std::int32_t> min_isr(std::string_view topic) const {
    const auto& setting = of(topic).min_insync_replicas;
    return setting ? std::optional{setting->value} : std::nullopt;
  }
};

/// min.insync.replicas as brokers apply it: never above the number of replicas from 3.7 on
/// (KIP-966), as it stands before; nullopt where the release decides and is not known.
constexpr std::optional<std::int32_t> effective_min_isr(std::int32_t raw, std::int32_t replicas,
                                                        const std::optional<Release>& release) {
  if (raw <= replicas) return raw;
  if (!release) return std::nullopt;
  return *release >= Release{3, 7} ? replicas : raw;
}

/// Reads the value of inter.broker.protocol.version ("3.9-IV0", "3.9", "2.8").
std::optional<Release> parse_release(const std::string& inter_broker_protocol_version);

}  // namespace kie::kafka
