#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>
#include <system_error>

namespace kie::config {

/// Whatever the locale is.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The number that the whole text is, without spaces or a leading "+"; nullopt if it is none, or
/// one that `Number` does not hold. A "-" only where `Number` has a sign. `base`: of an integer, if
/// not 10. A double may be infinite, or no number.
template <class Number>
  requires std::integral<Number> || std::floating_point<Number>
std::optional<Number> parse_number(std::string_view text, std::same_as<int> auto... base) {
  Number number{};
  const auto* const begin = text.data();
  const auto* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, number, base...);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

}  // namespace kie::config
