#include "exporter/http/uri.h"

#include <algorithm>
#include <charconv>
#include <utility>

namespace kie::http {
namespace {

/// Removes the text up to the separator from `rest`, and returns it.
std::string_view take(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

std::optional<std::string> decode_parameter(std::string_view text) {
  std::string spaced{text};
  std::ranges::replace(spaced, '+', ' ');
  return percent_decode(spaced);
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const auto digits = text.substr(i + 1, 2);
    unsigned value = 0;
    const auto* const begin = digits.data();
    const auto* const end = begin + digits.size();
    if (digits.size() < 2 || std::from_chars(begin, end, value, 16).ptr != end) return std::nullopt;
    decoded += static_cast<char>(value);
    i += 2;
  }
  return decoded;
}

std::optional<std::vector<std::string>> path_segments(std::string_view path) {
  if (path.starts_with('/')) path.remove_prefix(1);
  std::vector<std::string> segments;
  while (!path.empty()) {
    auto segment = percent_decode(take(path, '/'));
    if (!segment) return std::nullopt;
    segments.push_back(std::move(*segment));
  }
  return segments;
}

std::optional<std::map<std::string, std::string>> query_parameters(std::string_view query) {
  std::map<std::string, std::string> parameters;
  while (!query.empty()) {
    auto rest = take(query, '&');
    if (rest.empty()) continue;
    const auto name = decode_parameter(take(rest, '='));
    const auto value = decode_parameter(rest);
    if (!name || !value) return std::nullopt;
    parameters.insert_or_assign(*name, *value);
  }
  return parameters;
}

}  // namespace kie::http
