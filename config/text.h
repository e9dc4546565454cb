#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::config {

/// The candidate that is nearest to a mistyped word, or nothing if none is near enough to be meant.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

struct Expansion {
  std::string text;
  /// The variables that are not set, in the order of the text.
  std::vector<std::string> unset;
  /// A "${" that has no "}".
  bool unterminated = false;
};

/// Replaces ${NAME} by the variable's value; "$${" stands for "${" itself. A value is taken as it
/// is and not expanded again.
Expansion expand_environment(
    std::string_view text,
    const std::function<std::optional<std::string>(const std::string&)>& environment);

/// Whether a text may be told as the name of a variable; another one may be part of a password.
bool is_variable_name(std::string_view text);

/// Of ASCII.
std::string lower(std::string_view text);

/// Whether a text may stand in a page: Prometheus refuses one that has anything but UTF-8 in it.
bool is_utf8(std::string_view text);

/// What is wrong with the address of a Kafka broker (HOST:PORT or [IPV6]:PORT), or nothing. It does
/// not repeat what stands before an "@", as that may be a login.
std::optional<std::string> check_server(std::string_view address);

/// The same for an address to listen on; the host may be missing (":10033").
std::optional<std::string> check_listen_address(std::string_view address);

/// What is wrong with the path of the metrics, or nothing.
std::optional<std::string> check_telemetry_path(std::string_view path);

}  // namespace kie::config
