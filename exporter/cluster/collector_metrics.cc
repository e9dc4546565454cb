#include "exporter/cluster/collector_metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <utility>

namespace kie {

using exposition::FamilyId;

CollectorMetrics::CollectorMetrics(exposition::SelfMetrics& self, std::string cluster)
    : self_(self), cluster_(std::move(cluster)) {
  // Series of closed lists exist from the first page on.
  for (const auto id : {FamilyId::kPolls, FamilyId::kPollFailures, FamilyId::kPollsLate})
    self_.counter(id, labels());
}

void CollectorMetrics::poll_begun() { self_.counter(FamilyId::kPolls, labels()).Increment(); }

void CollectorMetrics::poll_failed() {
  self_.counter(FamilyId::kPollFailures, labels()).Increment();
}

void CollectorMetrics::poll_late() { self_.counter(FamilyId::kPollsLate, labels()).Increment(); }

void CollectorMetrics::internal_error(const std::string& thread) {
  self_.counter(FamilyId::kInternalErrors, {{"thread", thread}}).Increment();
}

void CollectorMetrics::collected(const std::string& collector,
                                 std::chrono::steady_clock::duration took, bool success) {
  auto of = labels();
  of.emplace("collector", collector);
  self_.gauge(FamilyId::kCollectorSuccess, of).Set(success ? 1 : 0);
  self_.gauge(FamilyId::kCollectorDuration, of).Set(std::chrono::duration<double>(took).count());
  if (success)
    self_.gauge(FamilyId::kCollectorLastSuccess, of)
        .Set(exposition::unix_seconds(std::chrono::system_clock::now()));
}

void CollectorMetrics::remove() { self_.remove_cluster(cluster_); }

std::map<std::string, std::string> CollectorMetrics::labels() const {
  if (cluster_.empty()) return {};
  return {{"kafka_cluster", cluster_}};
}

}  // namespace kie
