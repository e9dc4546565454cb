#include "exporter/lint/client.h"

#include "exporter/lint/known_keys.h"
#include "exporter/lint/lines.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace kie::lint {
namespace {

/// Only Java's clients have them, and those that use these; librdkafka refuses them.
constexpr std::array kJavasAlone{
    std::string_view{"application.id"},     std::string_view{"key.converter"},
    std::string_view{"key.deserializer"},   std::string_view{"key.serializer"},
    std::string_view{"plugin.path"},        std::string_view{"sasl.jaas.config"},
    std::string_view{"ssl.keystore.type"},  std::string_view{"value.converter"},
    std::string_view{"value.deserializer"}, std::string_view{"value.serializer"}};

bool is_javas_alone(std::string_view key) {
  return key.starts_with("ssl.truststore.") ||
         std::ranges::find(kJavasAlone, key) != kJavasAlone.end();
}

struct Alias {
  std::string_view name;
  std::string_view canonical;
};

/// Producers' properties. Source: "Alias for" in rd_kafka_conf_properties_show() of librdkafka.
constexpr std::array kAliases{Alias{"compression.type", "compression.codec"},
                              Alias{"delivery.timeout.ms", "message.timeout.ms"},
                              Alias{"max.in.flight", "max.in.flight.requests.per.connection"},
                              Alias{"message.send.max.retries", "retries"},
                              Alias{"metadata.broker.list", "bootstrap.servers"},
                              Alias{"queue.buffering.max.ms", "linger.ms"},
                              Alias{"request.required.acks", "acks"},
                              Alias{"sasl.mechanism", "sasl.mechanisms"}};

std::string_view canonical(std::string_view key) {
  const auto* const found = std::ranges::find(kAliases, key, &Alias::name);
  return found == kAliases.end() ? key : found->canonical;
}

}  // namespace

risk::ClientKind guess_client(const ProducerSettings& producer) {
  std::ptrdiff_t java = 0;
  std::ptrdiff_t librdkafka = 0;
  for (const auto& [key, value, line, prefix] : producer.settings) {
    if (is_javas_alone(key)) return risk::ClientKind::kJava;
    const bool is_java = is_java_key(key) || is_of_javas_others(key);
    const bool is_librdkafka = is_librdkafka_key(without_topic(key));
    if (is_java && !is_librdkafka) ++java;
    if (is_librdkafka && !is_java) ++librdkafka;
  }
  return librdkafka > java ? risk::ClientKind::kLibrdkafka : risk::ClientKind::kJava;
}

void read_as_librdkafka(ProducerSettings& producer, std::vector<Skipped>& skipped) {
  for (auto& setting : producer.settings) {
    const auto ahead = setting.key.size() - without_topic(setting.key).size();
    setting.prefix += setting.key.substr(0, ahead);
    setting.key.erase(0, ahead);
  }
  keep_last(producer.settings, canonical, skipped);
}

}  // namespace kie::lint
