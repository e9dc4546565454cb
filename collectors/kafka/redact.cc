#include "collectors/kafka/redact.h"

#include <algorithm>
#include <array>
#include <utility>

namespace kie::kafka {
namespace {

/// librdkafka hides only some of these, and some only in some of its lines.
bool is_secret(std::string_view property) {
  static constexpr std::array<std::string_view, 6> kParts{
      "password", "passphrase", "secret", "token", "key.pem", "sasl.oauthbearer.config"};
  return std::ranges::any_of(
      kParts, [&](auto part) { return property.find(part) != std::string_view::npos; });
}

constexpr std::string_view kInstead = "...";
// Removing shorter texts would only garble the line.
constexpr std::size_t kShortestSecret = 4;

void cut_out(std::string& text, std::string_view part) {
  if (part.size() < kShortestSecret) return;
  for (auto at = text.find(part); at != std::string::npos;
       at = text.find(part, at + kInstead.size()))
    text.replace(at, part.size(), kInstead);
  // librdkafka may have truncated it.
  for (auto size = std::min(part.size(), text.size()); size >= kShortestSecret; --size)
    if (text.ends_with(part.substr(0, size)))
      return static_cast<void>(text.replace(text.size() - size, size, kInstead));
}

}  // namespace

std::string redact_value(std::string text, std::string_view value) {
  static constexpr std::string_view kBetweenItems = " ,;\n";
  cut_out(text, value);
  while (!value.empty()) {
    const auto end = std::min(value.find_first_of(kBetweenItems), value.size());
    cut_out(text, value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return text;
}

std::string redact(std::string text, const std::vector<config::Property>& properties) {
  for (const auto& property : properties)
    if (is_secret(property.name)) text = redact_value(std::move(text), property.value.reveal());
  return text;
}

}  // namespace kie::kafka
