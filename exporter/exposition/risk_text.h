#pragma once

#include "collectors/risk/finding.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>

/// What kafka_config_risk and kafka_config_risks have in common for clusters and producers.
namespace kie::exposition {

using RiskCounts = std::map<std::pair<risk::RuleId, risk::Severity>, std::uint64_t>;

/// Counts findings that are not exempt, by rule and severity; has all that the rules of the scope
/// can have, with 0 if there is none.
RiskCounts count_risks(std::span<const risk::Finding> found, risk::Scope scope);

/// `prefix`: an opening brace and the labels that come first.
std::string risk_labels(const std::string& prefix, const risk::Finding& finding);
std::string risk_labels(const std::string& prefix, risk::RuleId rule, risk::Severity severity);

}  // namespace kie::exposition
