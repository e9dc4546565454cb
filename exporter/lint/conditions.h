#pragma once

#include "exporter/lint/lines.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kie::lint {

/// Relaxed binding: case, dashes and underscores do not count.
std::string relaxed(std::string_view name);

/// Profiles that must all be active, and some that must not. A platform is "on kubernetes".
struct Condition {
  std::set<std::string> active;
  std::set<std::string> inactive;

  /// "dev", "!dev", "eu & prod".
  std::string name() const;
  /// Whether it holds where the other one's profiles are active and no more.
  bool holds_in(const Condition& view) const;
};

/// One of them must hold; none: there is no condition.
using Conditions = std::vector<Condition>;

/// When Spring Boot takes the document: spring.config.activate.*, or spring.profiles of old.
Conditions conditions_of(const Lines& document);

}  // namespace kie::lint
