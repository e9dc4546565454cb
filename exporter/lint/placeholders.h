#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace kie::lint {

/// Spring's ${NAME:default}, which may be nested, and the @name@ of builds.
class Placeholders {
 public:
  /// Both must outlive this; the last of several with one name counts.
  void add(std::string_view relaxed_name, std::string_view value) {
    values_.insert_or_assign(relaxed_name, value);
  }

  /// Resolves with the values of the file; nullopt: not known, or circular.
  std::optional<std::string> resolve(std::string_view text);

  /// The names whose values were used.
  const std::set<std::string_view>& used() const { return used_; }

 private:
  std::optional<std::string> resolve(std::string_view text, std::size_t depth, std::size_t& steps);
  std::optional<std::string> value_of(std::string_view inner, std::size_t depth,
                                      std::size_t& steps);

  std::map<std::string_view, std::string_view> values_;
  std::set<std::string_view> used_;
};

}  // namespace kie::lint
