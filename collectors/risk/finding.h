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
/// The thresholds of the rules.
using Thresholds = config::RiskConfig;

/// The wanted value of a setting.
struct Wanted {
  std::string key;
  std::string value;

  bool operator==(const Wanted&) const = default;
};

/// A finding of a rule.
struct Finding {
  RuleId rule{};
  Severity severity{};
  /// The topic, the broker's id, the setting that differs, or the client.id.
  std::string name;
  /// The settings' keys, separated by commas.
  std::string setting;
  /// As read; several settings or brokers each with its name.
  std::string value;
  /// Where the value comes from, as a text; empty if there is only one place.
  std::string origin;
  /// Details in addition to the rule's why: whole sentences, or empty.
  std::string note;
  std::vector<Wanted> wanted;
  /// The wanted number of replicas of each partition of the topic; nullopt: unchanged.
  std::optional<std::int32_t> wanted_replicas;
  /// The configured reason of its exemption; empty: it is not exempt.
  std::string exemption;

  bool operator==(const Finding&) const = default;
};

/// Sets the exemptions of findings.
void exempt(std::vector<Finding>& findings, const config::RiskConfig& config);

}  // namespace kie::risk
