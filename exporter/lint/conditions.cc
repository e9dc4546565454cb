#include "exporter/lint/conditions.h"

#include "config/text.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <utility>

namespace kie::lint {
namespace {

constexpr std::string_view kActivate = "spring.config.activate.";

/// Trimmed, and without characters that would garble a report.
std::string word_of(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return config::printable(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

/// Calls the function with each part that is not blank.
void split(std::string_view text, char separator, const std::function<void(std::string)>& use) {
  while (true) {
    const auto end = text.find(separator);
    if (auto word = word_of(text.substr(0, end)); !word.empty()) use(std::move(word));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

Condition all_of(std::string_view expression) {
  Condition all;
  split(expression, '&', [&](std::string word) {
    if (word.starts_with('!')) {
      all.inactive.insert(word_of(std::string_view(word).substr(1)));
    } else {
      all.active.insert(std::move(word));
    }
  });
  return all;
}

/// An expression with parentheses is treated as a profile's name.
void add_profiles(std::string_view text, Conditions& out) {
  if (text.find('(') != std::string_view::npos) {
    out.push_back({{word_of(text)}, {}});
    return;
  }
  split(text, ',', [&](const std::string& expression) {
    split(expression, '|', [&](const std::string& one) {
      auto all = all_of(one);
      if (all.name().empty()) all.active.insert(one);
      out.push_back(std::move(all));
    });
  });
}

}  // namespace

std::string relaxed(std::string_view name) {
  auto out = config::lower(name);
  std::erase_if(out, [](char c) { return c == '-' || c == '_'; });
  return out;
}

std::string Condition::name() const {
  std::string name;
  const auto add = [&](const std::string& word) {
    if (!name.empty()) name += " & ";
    name += word;
  };
  for (const auto& word : active) add(word);
  for (const auto& word : inactive) add("!" + word);
  return name;
}

bool Condition::holds_in(const Condition& view) const {
  return std::ranges::includes(view.active, active) &&
         std::ranges::none_of(inactive,
                              [&](const auto& word) { return view.active.contains(word); });
}

Conditions conditions_of(const Lines& document) {
  Conditions profiles;
  std::set<std::string> others;
  for (const auto& [key, value, line, prefix] : document) {
    auto name = relaxed(key);
    name.resize(std::min(name.size(), name.find('[')));
    if (name == "spring.profiles" || name == "spring.config.activate.onprofile") {
      add_profiles(value, profiles);
    } else if (name == "spring.config.activate.oncloudplatform") {
      others.insert("on " + word_of(value));
    } else if (name.starts_with(kActivate)) {
      others.insert(name.substr(kActivate.size()));
    }
  }
  if (profiles.empty() && !others.empty()) profiles.emplace_back();
  for (auto& one : profiles) one.active.insert(others.begin(), others.end());
  return profiles;
}

}  // namespace kie::lint
