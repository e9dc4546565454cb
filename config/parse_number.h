#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace kie::config {

/// Parses the whole text as a number, without spaces or a leading "+"; nullopt if it is none, or
/// out of the range of `Number`. A "-" only if `Number` is signed.
template <std::integral Number>
std::optional<Number> parse_number(std::string_view text, int base = 10) {
  Number number{};
  const auto* const begin = text.data();
  const auto* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, number, base);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

}  // namespace kie::config
