#include "exporter/exposition/risk_text.h"

#include "exporter/exposition/text.h"

namespace kie::exposition {

RiskCounts count_risks(std::span<const risk::Finding> found, risk::Scope scope) {
  RiskCounts counts;
  for (const auto& rule : risk::rules()) {
    if (rule.scope != scope) continue;
    counts[{rule.rule, rule.severity}] = 0;
    if (rule.other) counts[{rule.rule, *rule.other}] = 0;
  }
  for (const auto& one : found)
    if (one.exemption.empty() && rule(one.rule).scope == scope) ++counts[{one.rule, one.severity}];
  return counts;
}

std::string risk_labels(const std::string& prefix, const risk::Finding& finding) {
  const auto& rule = risk::rule(finding.rule);
  auto labels = prefix;
  append_label(labels, "scope", to_string(rule.scope));
  append_label(labels, "name", finding.name);
  append_label(labels, "rule", rule.id);
  append_label(labels, "severity", to_string(finding.severity));
  labels += '}';
  return labels;
}

std::string risk_labels(const std::string& prefix, risk::RuleId id, risk::Severity severity) {
  const auto& rule = risk::rule(id);
  auto labels = prefix;
  append_label(labels, "scope", to_string(rule.scope));
  append_label(labels, "rule", rule.id);
  append_label(labels, "severity", to_string(severity));
  labels += '}';
  return labels;
}

}  // namespace kie::exposition
