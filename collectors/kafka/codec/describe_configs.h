#pragma once

#include "collectors/kafka/codec/codec.h"

#include <optional>
#include <vector>

namespace kie::kafka::codec {

/// Settings of topics and brokers. Any broker answers for topics; each broker only for itself.
inline constexpr ApiSpec kDescribeConfigs{32, 4, 4, 4, "DescribeConfigs"};

/// The types that the exporter asks for. Kafka has more.
enum class ResourceType : std::int8_t { kTopic = 2, kBroker = 4 };

/// Where a value comes from. Later versions of Kafka have more.
enum class WireConfigSource : std::int8_t {
  kUnknown = 0,
  kTopic = 1,
  kBroker = 2,
  /// Of all brokers, set at run time.
  kDefaultBroker = 3,
  /// The broker's file.
  kStaticBroker = 4,
  kDefault = 5,
};

struct DescribeConfigsRequest {
  static constexpr const ApiSpec& kApi = kDescribeConfigs;

  struct Resource {
    ResourceType type = ResourceType::kTopic;
    /// For a broker its id.
    std::string_view name{};
    /// Null: all.
    std::optional<std::vector<std::string_view>> keys{};

    bool operator==(const Resource&) const = default;
  };

  std::vector<Resource> resources{};
  bool include_synonyms = false;
  bool include_documentation = false;

  bool operator==(const DescribeConfigsRequest&) const = default;
};

struct DescribeConfigsResponse {
  static constexpr const ApiSpec& kApi = kDescribeConfigs;

  struct Synonym {
    std::string_view name{};
    std::optional<std::string_view> value{};
    WireConfigSource source = WireConfigSource::kUnknown;

    bool operator==(const Synonym&) const = default;
  };

  struct Config {
    std::string_view name{};
    /// Null if it is sensitive.
    std::optional<std::string_view> value{};
    bool is_read_only = false;
    WireConfigSource source = WireConfigSource::kUnknown;
    bool is_sensitive = false;
    std::vector<Synonym> synonyms{};
    /// Kafka's number of the value's type.
    std::int8_t type = 0;
    std::optional<std::string_view> documentation{};

    bool operator==(const Config&) const = default;
  };

  struct Resource {
    std::int16_t error = 0;
    std::optional<std::string_view> error_message{};
    ResourceType type = ResourceType::kTopic;
    std::string_view name{};
    std::vector<Config> configs{};

    bool operator==(const Resource&) const = default;
  };

  /// Unit: milliseconds.
  std::int32_t throttle_time = 0;
  std::vector<Resource> resources{};

  bool operator==(const DescribeConfigsResponse&) const = default;
};

}  // namespace kie::kafka::codec
