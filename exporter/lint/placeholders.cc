#include "exporter/lint/placeholders.h"

#include "exporter/lint/conditions.h"
#include "exporter/lint/lines.h"

namespace kie::lint {
namespace {

constexpr std::size_t kMostSteps = 100;
constexpr std::size_t kLongest = 4096;

/// The first one outside of inner braces, or npos.
std::size_t find_outside(std::string_view text, char wanted) {
  std::size_t open = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (open == 0 && text[i] == wanted) return i;
    if (text[i] == '{') ++open;
    if (text[i] == '}' && open > 0) --open;
  }
  return std::string_view::npos;
}

/// A placeholder that Maven or Gradle replaces.
bool is_of_the_build(std::string_view text) {
  return text.size() > 2 && text.starts_with('@') && text.ends_with('@');
}

}  // namespace

std::optional<std::string> Placeholders::resolve(std::string_view text) {
  if (is_of_the_build(text)) return std::nullopt;
  if (text.find("${") == std::string_view::npos) return std::string(text);
  std::size_t steps = 0;
  return resolve(text, 0, steps);
}

std::optional<std::string> Placeholders::resolve(std::string_view text, std::size_t depth,
                                                 std::size_t& steps) {
  if (depth == kDeepest || text.size() > kLongest || is_of_the_build(text)) return std::nullopt;
  std::string out;
  while (true) {
    const auto begin = text.find("${");
    out += text.substr(0, begin);
    if (begin == std::string_view::npos) return out;
    text.remove_prefix(begin + 2);
    const auto end = find_outside(text, '}');
    if (end == std::string_view::npos || ++steps > kMostSteps) return std::nullopt;
    const auto value = value_of(text.substr(0, end), depth + 1, steps);
    if (!value || out.size() + value->size() > kLongest) return std::nullopt;
    out += *value;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::string> Placeholders::value_of(std::string_view inner, std::size_t depth,
                                                  std::size_t& steps) {
  const auto colon = find_outside(inner, ':');
  const auto name = resolve(inner.substr(0, colon), depth, steps);
  if (!name) return std::nullopt;
  if (const auto found = values_.find(relaxed(*name)); found != values_.end()) {
    used_.insert(found->first);
    return resolve(found->second, depth, steps);
  }
  if (colon == std::string_view::npos) return std::nullopt;
  return resolve(inner.substr(colon + 1), depth, steps);
}

}  // namespace kie::lint
