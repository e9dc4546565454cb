#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

/// Name resolution and TCP without librdkafka, which does not distinguish them.
namespace kie::kafka {

struct Target {
  std::string host;
  std::string port;
};

/// Splits HOST:PORT or [IPV6]:PORT.
Target parse_target(std::string_view server);

enum class AddressFamily { kAny, kV4, kV6 };

struct Attempt {
  /// Numeric.
  std::string address;
  /// Empty: it connected.
  std::string error;
};

struct DialResult {
  /// Why the name could not be resolved; empty if it could.
  std::string name_error;
  /// One for each address, in the order of the resolver.
  std::vector<Attempt> attempts;

  /// Whether any address could be connected to.
  bool connected() const;
  /// "10.0.0.5, fe80::1".
  std::string addresses() const;
};

/// Resolves and connects to every address of 32 targets at once, and closes again. Resolution has
/// `timeout`, and then connecting has it. A resolver that takes longer is left in its thread,
/// because it cannot be stopped.
std::vector<DialResult> dial(const std::vector<Target>& targets, AddressFamily family,
                             std::chrono::milliseconds timeout);

}  // namespace kie::kafka
