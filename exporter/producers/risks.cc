#include "exporter/producers/risks.h"

#include "collectors/risk/producers.h"

#include <algorithm>
#include <string>
#include <vector>

namespace kie {

ProducerRisks find_risks(const producers::ProducersState& state, const config::RiskConfig& config,
                         producers::Instant now) {
  std::vector<risk::ReportingProducer> all;
  for (const auto& [key, instance] : state.instances) {
    if (!instance.report) continue;
    const auto& report = *instance.report;
    all.push_back({.client_id = instance.client_id,
                   .host = report.host,
                   // Only librdkafka has statistics.
                   .client = report.client.empty() && report.started
                                 ? "librdkafka"
                                 : std::string_view{report.client},
                   .cluster_id = report.cluster_id,
                   .settings = report.settings,
                   .first = instance.first_report,
                   .last = instance.last_report,
                   .is_live = !instance.is_gone});
  }
  ProducerRisks found{.risks = risk::evaluate(all, config, now), .longest_delivery_timeout = {}};
  for (const auto& one : all) {
    if (!one.is_live || one.cluster_id.empty()) continue;
    if (const auto timeout = risk::delivery_timeout(one)) {
      auto& longest = found.longest_delivery_timeout[std::string(one.cluster_id)];
      longest = std::max(longest, *timeout);
    }
  }
  return found;
}

}  // namespace kie
