#include "exporter/web/api/parameters.h"

#include "config/parse_number.h"

namespace kie::api {

std::optional<std::string> Parameters::text(const std::string& name) {
  known_.insert(name);
  const auto found = given_.find(name);
  if (found == given_.end()) return std::nullopt;
  return found->second;
}

bool Parameters::flag(const std::string& name) {
  const auto value = text(name);
  if (value && value != "true" && value != "false") wrong(name, "must be true or false");
  return value == "true";
}

std::uint64_t Parameters::number(const std::string& name, std::uint64_t otherwise,
                                 std::uint64_t most) {
  const auto value = text(name);
  if (!value) return otherwise;
  const auto number = config::parse_number<std::uint64_t>(*value);
  if (!number || *number == 0 || *number > most)
    wrong(name, "must be between 1 and " + std::to_string(most));
  return number.value_or(otherwise);
}

void Parameters::wrong(const std::string& name, const std::string& what) {
  if (problem_.empty()) problem_ = "the parameter " + name + " " + what;
}

tl::expected<void, ApiError> Parameters::finish() const {
  if (!problem_.empty()) return tl::make_unexpected(ApiError{400, problem_});
  for (const auto& [name, value] : given_) {
    if (known_.contains(name)) continue;
    std::string what = "there is no parameter \"" + name + "\" here";
    for (const auto* lead = "; there is: "; const auto& known : known_) {
      what += lead + known;
      lead = ", ";
    }
    return tl::make_unexpected(ApiError{400, what});
  }
  return {};
}

}  // namespace kie::api
