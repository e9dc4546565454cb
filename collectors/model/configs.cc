#include "collectors/model/configs.h"

#include <charconv>

namespace kie::model {
namespace {

std::optional<int> parse_number(std::string_view text) {
  int number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<Release> parse_release(std::string_view inter_broker_protocol_version) {
  auto text = inter_broker_protocol_version.substr(0, inter_broker_protocol_version.find('-'));
  const auto dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto major = parse_number(text.substr(0, dot));
  text.remove_prefix(dot + 1);
  const auto minor = parse_number(text.substr(0, text.find('.')));
  if (!major || !minor) return std::nullopt;
  return Release{*major, *minor};
}

}  // namespace kie::model
