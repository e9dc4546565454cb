#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::config {

/// The candidate nearest to a mistyped word, or nullopt if none is near enough.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

struct Expansion {
  std::string text;
  /// The variables that are not set, in the order of the text.
  std::vector<std::string> unset;
  /// There is a "${" without "}".
  bool unterminated = false;
};

/// Replaces ${NAME} with the variable's value; "$${" is a literal "${". Values are not expanded
/// again.
Expansion expand_environment(
    std::string_view text,
    const std::function<std::optional<std::string>(const std::string&)>& environment);

/// Whether a text can be the name of a variable and may be printed; another one may be part of a
/// password.
bool is_variable_name(std::string_view text);

/// Lower-cases ASCII letters.
std::string lower(std::string_view text);

/// Whether a text may be in a page of metrics: Prometheus refuses one that is not UTF-8.
bool is_utf8(std::string_view text);

/// With "?" for each control character: in a report it would forge a line, or command the terminal.
std::string printable(std::string_view text);

/// The error in the address of a Kafka broker (HOST:PORT or [IPV6]:PORT), or nullopt. It does not
/// contain what precedes an "@", as that may be a login.
std::optional<std::string> check_server(std::string_view address);

/// The same for an address to listen on; the host may be left out (":10033").
std::optional<std::string> check_listen_address(std::string_view address);

/// The error in the path of the metrics, or nullopt.
std::optional<std::string> check_telemetry_path(std::string_view path);

}  // namespace kie::config
