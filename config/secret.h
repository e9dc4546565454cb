#pragma once

#include <string>
#include <utility>

namespace kie::config {

/// A text that must never be printed. It has no operator<< and no conversion: the value is read
/// with reveal(), which is easy to search for.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}

  const std::string& reveal() const { return value_; }
  bool operator==(const Secret&) const = default;

 private:
  std::string value_;
};

}  // namespace kie::config
