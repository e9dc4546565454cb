#pragma once

#include "collectors/producers/state.h"
#include "collectors/risk/finding.h"
#include "config/config.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace kie {

struct ProducerRisks {
  std::vector<risk::Finding> risks;
  /// Of the live producers that report the cluster to which they write, by its id.
  std::map<std::string, std::chrono::milliseconds, std::less<>> longest_delivery_timeout;
};

/// Applies the rules to the settings that producers report.
ProducerRisks find_risks(const producers::ProducersState& state, const config::RiskConfig& config,
                         producers::Instant now);

}  // namespace kie
