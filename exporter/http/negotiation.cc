#include "exporter/http/negotiation.h"

#include <algorithm>
#include <optional>

namespace kie::http {
namespace {

constexpr std::string_view kSpace = " \t";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool equals(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

/// Takes the text up to the separator off `rest`.
std::string_view take(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = trimmed(rest.substr(0, end));
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

/// Whether a qvalue (0, 0.5, 1.000) is above 0; nothing if it is no qvalue.
std::optional<bool> is_positive(std::string_view q) {
  if (q.empty() || (q[0] != '0' && q[0] != '1')) return std::nullopt;
  if (q.size() > 1 && q[1] != '.') return std::nullopt;
  const auto decimals = q.substr(std::min<std::size_t>(q.size(), 2));
  if (decimals.size() > 3 || decimals.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  return q[0] == '1' || decimals.find_first_not_of('0') != std::string_view::npos;
}

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<bool> gzip;
  std::optional<bool> any;
  while (!accept_encoding.empty()) {
    auto element = take(accept_encoding, ',');
    const auto coding = take(element, ';');
    std::optional<bool> wanted = true;
    while (!element.empty()) {
      auto parameter = take(element, ';');
      if (equals(take(parameter, '='), "q")) wanted = is_positive(trimmed(parameter));
    }
    if (!wanted) continue;
    if (equals(coding, "gzip") || equals(coding, "x-gzip")) gzip = wanted;
    if (coding == "*") any = wanted;
  }
  return gzip.value_or(any.value_or(false));
}

}  // namespace kie::http
