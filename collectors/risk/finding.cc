#include "collectors/risk/finding.h"

namespace kie::risk {

void exempt(std::vector<Finding>& findings, const config::RiskConfig& config) {
  for (auto& one : findings)
    if (const auto* reason = config.exemption(rule(one.rule).id, one.name)) one.exemption = *reason;
}

}  // namespace kie::risk
