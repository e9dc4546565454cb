#pragma once

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::config {

/// The topics to watch: those that match any include expression (all, if there is none) and no
/// exclude expression. Expressions are RE2 and must match the whole name, as in Prometheus.
/// Thread: immutable once built; RE2 matching is thread-safe.
class TopicFilter {
 public:
  /// Returns the error in the expression, or nullopt.
  std::optional<std::string> include(const std::string& expression);
  std::optional<std::string> exclude(const std::string& expression);

  bool matches(std::string_view topic) const;
  /// There are no expressions.
  bool matches_all() const { return includes_.empty() && excludes_.empty(); }

  /// The include expressions that are the name of one topic, without those excluded.
  std::vector<std::string> names() const;

  /// Whether the expressions are the same.
  bool operator==(const TopicFilter& other) const;

 private:
  using Expressions = std::vector<std::shared_ptr<const re2::RE2>>;
  static std::optional<std::string> add(Expressions& to, const std::string& expression);

  Expressions includes_;
  Expressions excludes_;
};

}  // namespace kie::config
