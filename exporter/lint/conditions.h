#pragma once

#include "exporter/lint/lines.h"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kie::lint {

/// Relaxed binding: ignores case, dashes and underscores.
std::string relaxed(std::string_view name);

/// Profiles that must all be active, and others that must not. A platform is "on kubernetes".
struct Condition {
  std::set<std::string> active;
  std::set<std::string> inactive;

  /// "dev", "!dev", "eu & prod".
  std::string name() const;
  /// Whether it holds if only the other one's profiles are active.
  bool holds_in(const Condition& view) const;
};

/// One of them must hold; empty: there is no condition.
using Conditions = std::vector<Condition>;

/// When Spring Boot uses the document: spring.config.activate.*, or the older spring.profiles.
Conditions conditions_of(const Lines& document);

}  // namespace kie::lint
