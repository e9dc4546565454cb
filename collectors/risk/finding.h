#pragma once

#include "collectors/risk/rules.h"
#include "config/config.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kie::risk {

using std::chrono::milliseconds;
/// What is not a yes or no in the rules.
using Thresholds = config::RiskConfig;

/// How a setting should be.
struct Wanted {
  std::string key;
  std::string value;

  bool operator==(const Wanted&) const = default;
};

/// Something that a rule found.
struct Finding {
  RuleId rule{};
  Severity severity{};
  /// The topic, the broker's id, the setting that differs, or the client.id.
  std::string name;
  /// The settings' keys, separated by commas.
  std::string setting;
  /// As it was read; of several settings or brokers each with its name.
  std::string value;
  /// Where the value comes from, in words; empty if there is but one place.
  std::string origin;
  /// What is particular here, beside the rule's why: whole sentences, or empty.
  std::string note;
  std::vector<Wanted> wanted;
  /// How many replicas each partition of the topic should have; nullopt: as it is.
  std::optional<std::int32_t> wanted_replicas;
  /// Why it is meant to be so, as configured; empty: it is not exempt.
  std::string exemption;

  bool operator==(const Finding&) const = default;
};

/// Notes which findings are exempt.
void exempt(std::vector<Finding>& findings, const config::RiskConfig& config);

}  // namespace kie::risk
