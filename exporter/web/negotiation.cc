#include "exporter/web/negotiation.h"

#include <algorithm>
#include <cstdint>
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

/// Removes the text up to the separator from `rest`, and returns it.
std::string_view take(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = trimmed(rest.substr(0, end));
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

/// The same, but ignores separators in quoted strings.
std::string_view take_unquoted(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < rest.size() && (quoted || rest[end] != separator); ++end) {
    if (rest[end] == '"') quoted = !quoted;
    if (quoted && rest[end] == '\\') ++end;
  }
  const auto part = trimmed(rest.substr(0, end));
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

std::string_view unquoted(std::string_view value) {
  if (value.size() < 2 || !value.starts_with('"') || !value.ends_with('"')) return value;
  return value.substr(1, value.size() - 2);
}

/// A qvalue (0, 0.5, 1.000) in thousandths; nullopt if it is none.
std::optional<int> weight(std::string_view q) {
  if (q.empty() || (q[0] != '0' && q[0] != '1')) return std::nullopt;
  if (q.size() > 1 && q[1] != '.') return std::nullopt;
  const auto decimals = q.substr(std::min<std::size_t>(q.size(), 2));
  if (decimals.size() > 3 || decimals.find_first_not_of("0123456789") != std::string_view::npos)
    return std::nullopt;
  int thousandths = q[0] == '1' ? 1000 : 0;
  int place = 100;
  for (const char digit : decimals) {
    thousandths += (digit - '0') * place;
    place /= 10;
  }
  return thousandths <= 1000 ? std::optional{thousandths} : std::nullopt;
}

/// How well a media range matches; more specific ones are higher.
enum class Fit : std::uint8_t { kNot, kAny, kAnySubtype, kOtherVersion, kType, kVersion };

/// One element of an Accept header.
struct MediaRange {
  std::string_view type;
  /// Empty if there is none.
  std::string_view version;
  bool is_utf8 = true;
  std::optional<int> weight = 1000;
};

MediaRange parse_range(std::string_view element) {
  MediaRange range;
  range.type = take_unquoted(element, ';');
  while (!element.empty()) {
    auto value = take_unquoted(element, ';');
    const auto name = take(value, '=');
    value = trimmed(value);
    if (equals(name, "q")) range.weight = weight(value);
    if (equals(name, "version")) range.version = unquoted(value);
    if (equals(name, "charset")) range.is_utf8 = equals(unquoted(value), "utf-8");
  }
  return range;
}

struct MediaType {
  std::string_view name;
  std::string_view any_subtype;
  std::string_view version;
  /// Another version that clients of this one can read.
  std::string_view other_version;
};

constexpr MediaType kTextType{"text/plain", "text/*", "0.0.4", "0.0.4"};
constexpr MediaType kOpenMetricsType{"application/openmetrics-text", "application/*", "1.0.0",
                                     "0.0.1"};

Fit fit_of(const MediaRange& range, const MediaType& type) {
  if (!range.is_utf8) return Fit::kNot;
  if (range.type == "*/*") return Fit::kAny;
  if (equals(range.type, type.any_subtype)) return Fit::kAnySubtype;
  if (!equals(range.type, type.name)) return Fit::kNot;
  if (range.version.empty()) return Fit::kType;
  if (range.version == type.version) return Fit::kVersion;
  return range.version == type.other_version ? Fit::kOtherVersion : Fit::kNot;
}

/// The preference of an Accept header for a media type.
struct Preference {
  Fit fit = Fit::kNot;
  int weight = 0;

  void consider(const MediaRange& range, const MediaType& type) {
    if (!range.weight) return;
    const auto its = fit_of(range, type);
    if (its == Fit::kNot || its < fit) return;
    weight = its == fit ? std::max(weight, *range.weight) : *range.weight;
    fit = its;
  }
};

}  // namespace

bool accepts_gzip(std::string_view accept_encoding) {
  std::optional<int> gzip;
  std::optional<int> any;
  int identity = 0;
  while (!accept_encoding.empty()) {
    auto element = take(accept_encoding, ',');
    const auto coding = take(element, ';');
    std::optional<int> q = 1000;
    while (!element.empty()) {
      auto parameter = take(element, ';');
      if (equals(take(parameter, '='), "q")) q = weight(trimmed(parameter));
    }
    if (!q) continue;
    if (equals(coding, "gzip") || equals(coding, "x-gzip")) gzip = q;
    if (coding == "*") any = q;
    if (equals(coding, "identity")) identity = *q;
  }
  const int weight_of_gzip = gzip.value_or(any.value_or(0));
  return weight_of_gzip > 0 && weight_of_gzip >= identity;
}

exposition::Format choose_format(std::string_view accept) {
  Preference text;
  Preference openmetrics;
  while (!accept.empty()) {
    const auto range = parse_range(take_unquoted(accept, ','));
    text.consider(range, kTextType);
    openmetrics.consider(range, kOpenMetricsType);
  }
  const bool named = openmetrics.fit > Fit::kAnySubtype;
  const bool preferred = openmetrics.weight > text.weight ||
                         (named && openmetrics.weight == text.weight && text.weight > 0);
  return preferred ? exposition::Format::kOpenMetrics : exposition::Format::kText;
}

}  // namespace kie::http
