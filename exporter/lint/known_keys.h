#pragma once

#include <optional>
#include <string_view>

namespace kie::lint {

/// Source: ProducerConfig.configNames() of kafka-clients 3.9 and 4.3 together.
bool is_java_key(std::string_view key);

/// Whether Java's consumers or admin clients have the key, and its producers do not.
/// Source: configNames() of ConsumerConfig and AdminClientConfig of kafka-clients 3.9 and 4.3.
bool is_of_javas_others(std::string_view key);

/// Source: rd_kafka_conf_properties_show() of librdkafka 2.8 and 2.16 together.
bool is_librdkafka_key(std::string_view key);

/// The key without "topic." or "default.topic.config.", which librdkafka's bindings use.
std::string_view without_topic(std::string_view key);

/// The nearest key of either client to a mistyped one; nullopt if none is near enough.
std::optional<std::string_view> nearest_key(std::string_view key);

}  // namespace kie::lint
