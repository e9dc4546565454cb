#include "collectors/risk/client.h"

#include "config/parse_number.h"
#include "config/text.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace kie::risk {
namespace {

/// The settings kept from a report that only librdkafka has.
constexpr std::array kLibrdkafkaKeys{
    std::string_view{"batch.num.messages"},       std::string_view{"compression.codec"},
    std::string_view{"enable.gapless.guarantee"}, std::string_view{"max.in.flight"},
    std::string_view{"message.send.max.retries"}, std::string_view{"message.timeout.ms"},
    std::string_view{"queue.buffering.max.ms"},   std::string_view{"request.required.acks"},
    std::string_view{"socket.timeout.ms"}};

std::optional<ClientRelease::Version> parse_version(std::string_view text) {
  ClientRelease::Version version;
  const std::array parts{&version.major, &version.minor, &version.patch};
  std::size_t count = 0;
  for (int* part : parts) {
    const auto* const begin = text.data();
    const auto [end, error] = std::from_chars(begin, begin + text.size(), *part);
    if (error != std::errc{}) break;
    ++count;
    text.remove_prefix(static_cast<std::size_t>(end - begin));
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  if (count < 2) return std::nullopt;
  return version;
}

}  // namespace

std::optional<ClientRelease> parse_client(std::string_view text) {
  const auto lower = config::lower(text);
  const auto has = [&](std::string_view word) { return lower.find(word) != std::string::npos; };
  ClientRelease client;
  // "javascript" has "java" in it.
  const bool is_librdkafka = has("librdkafka") || has("confluent-kafka") || has("javascript");
  if (!is_librdkafka && !has("java") && !has("kafka-clients")) return std::nullopt;
  client.kind = is_librdkafka ? ClientKind::kLibrdkafka : ClientKind::kJava;
  // The version of a binding is not that of the library.
  if (is_librdkafka && !has("librdkafka")) return client;
  const auto from = is_librdkafka ? lower.find("librdkafka") : 0;
  const auto begin = std::find_if(lower.begin() + static_cast<std::ptrdiff_t>(from), lower.end(),
                                  config::is_digit);
  client.version = parse_version({begin, lower.end()});
  return client;
}

ClientKind guess_client(const Given& given) {
  const bool is_librdkafka = std::ranges::any_of(
      kLibrdkafkaKeys, [&](std::string_view key) { return given.contains(key); });
  return is_librdkafka ? ClientKind::kLibrdkafka : ClientKind::kJava;
}

std::string to_string(const ClientRelease& client) {
  std::string text = client.is(ClientKind::kJava) ? "Java" : "librdkafka";
  if (const auto& version = client.version)
    text += ' ' + std::to_string(version->major) + '.' + std::to_string(version->minor) + '.' +
            std::to_string(version->patch);
  return text;
}

}  // namespace kie::risk
