#pragma once

#include "exporter/exposition/family.h"
#include "exporter/exposition/text.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace kie::exposition {

/// The exporter's own metrics, in prometheus-cpp's registry: all families of writer kSelf.
/// Thread: any; every member is thread-safe.
class SelfMetrics {
 public:
  SelfMetrics(const std::string& version, const std::string& revision,
              const std::string& librdkafka);

  /// The series of the family with these labels; starts with 0.
  prometheus::Gauge& gauge(FamilyId id, const std::map<std::string, std::string>& labels = {});
  prometheus::Counter& counter(FamilyId id, const std::map<std::string, std::string>& labels = {});

  /// Removes the series of the polls of one cluster; those of one without a name have no label
  /// kafka_cluster.
  void remove_cluster(const std::string& name);

  /// All present values; reads those of the process.
  std::vector<prometheus::MetricFamily> collect();

 private:
  void read_process();

  prometheus::Registry registry_;
  std::array<prometheus::Family<prometheus::Gauge>*, kFamilyCount> gauges_{};
  std::array<prometheus::Family<prometheus::Counter>*, kFamilyCount> counters_{};
};

/// Appends what SelfMetrics collected, in the order of families(); those without series are left
/// out. Returns how many series there are.
std::size_t append_self_metrics(std::string& out,
                                std::span<const prometheus::MetricFamily> collected, Format format);

/// Seconds since 1970, as in Prometheus timestamps.
double unix_seconds(std::chrono::system_clock::time_point time);

}  // namespace kie::exposition
