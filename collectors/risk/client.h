#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace kie::risk {

/// Settings given by an application, by Kafka's or librdkafka's key; missing ones have the client's
/// default.
using Given = std::map<std::string, std::string, std::less<>>;

enum class ClientKind : std::uint8_t { kJava, kLibrdkafka };

struct ClientRelease {
  struct Version {
    int major = 0;
    int minor = 0;
    int patch = 0;

    constexpr auto operator<=>(const Version&) const = default;
  };

  ClientKind kind{};
  /// nullopt: not known; the rules assume a present one.
  std::optional<Version> version;

  bool is(ClientKind other) const { return kind == other; }
  /// Whether it has that release or a newer one.
  bool since(const Version& release) const { return !version || *version >= release; }

  bool operator==(const ClientRelease&) const = default;
};

/// Reads "java", "librdkafka:2.8.0", "librdkafka 2.8.0", "kafka-clients 3.9"; nullopt if it names
/// neither client. The clients of Python, Go, Node, C++ and .NET are librdkafka.
std::optional<ClientRelease> parse_client(std::string_view text);

/// Guesses by keys that only one of them has.
ClientKind guess_client(const Given& given);

/// "Java 3.9.2", "librdkafka", ...
std::string to_string(const ClientRelease& client);

}  // namespace kie::risk
