#include "config/topic_filter.h"

#include <algorithm>

namespace kie::config {
namespace {

bool any_matches(const std::vector<std::shared_ptr<const re2::RE2>>& expressions,
                 std::string_view topic) {
  const re2::StringPiece name{topic.data(), topic.size()};
  return std::ranges::any_of(
      expressions, [&](const auto& expression) { return re2::RE2::FullMatch(name, *expression); });
}

}  // namespace

std::optional<std::string> TopicFilter::add(Expressions& to, const std::string& expression) {
  // Quiet: RE2 would otherwise write its own line to standard error.
  auto compiled = std::make_shared<const re2::RE2>(expression, re2::RE2::Quiet);
  if (!compiled->ok()) return compiled->error();
  to.push_back(std::move(compiled));
  return std::nullopt;
}

std::optional<std::string> TopicFilter::include(const std::string& expression) {
  return add(includes_, expression);
}

std::optional<std::string> TopicFilter::exclude(const std::string& expression) {
  return add(excludes_, expression);
}

bool TopicFilter::matches(std::string_view topic) const {
  return (includes_.empty() || any_matches(includes_, topic)) && !any_matches(excludes_, topic);
}

std::vector<std::string> TopicFilter::names() const {
  // The characters of topic names. The dot is an expression too, but matches itself.
  static constexpr std::string_view kLegal =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  std::vector<std::string> names;
  for (const auto& expression : includes_) {
    const std::string& text = expression->pattern();
    if (!text.empty() && text.find_first_not_of(kLegal) == std::string::npos && matches(text))
      names.push_back(text);
  }
  return names;
}

bool TopicFilter::operator==(const TopicFilter& other) const {
  const auto pattern = [](const auto& expression) -> const std::string& {
    return expression->pattern();
  };
  return std::ranges::equal(includes_, other.includes_, {}, pattern, pattern) &&
         std::ranges::equal(excludes_, other.excludes_, {}, pattern, pattern);
}

}  // namespace kie::config
