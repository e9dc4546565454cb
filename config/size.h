#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kie::config {

/// Reads a size in bytes: a whole number with the unit KiB, MiB, GiB or TiB, as in "256MiB".
/// nullopt if the text is anything else or 1024 TiB or more.
std::optional<std::int64_t> parse_size(std::string_view text);

/// A text that parse_size can read, if `bytes` are whole KiB and above 0.
std::string format_size(std::int64_t bytes);

}  // namespace kie::config
