#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace kie::config {

/// Reads a duration in Prometheus' syntax: "10s", "1m30s", "500ms", "2h", "1d". Only whole numbers
/// with the units ms, s, m, h, d, each at most once and from large to small.
/// nullopt if the text is anything else or longer than 10,000 days.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// A text that parse_duration can read; "0s" for 0 and less.
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace kie::config
