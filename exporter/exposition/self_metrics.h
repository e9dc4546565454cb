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

/// What the exporter says of itself, in prometheus-cpp's registry: all families of writer kSelf.
/// Thread: any; every member is thread-safe.
class SelfMetrics {
 public:
  SelfMetrics(const std::string& version, const std::string& revision,
              const std::string& librdkafka);

  /// The one series of the family with these labels; born with 0.
  prometheus::Gauge& gauge(FamilyId id, const std::map<std::string, std::string>& labels = {});
  prometheus::Counter& counter(FamilyId id, const std::map<std::string, std::string>& labels = {});

  /// Drops what is said of the questions to one cluster; one without a name has series without the
  /// label kafka_cluster.
  void remove_cluster(const std::string& name);

  /// All of it as it is now, the process's own figures read afresh.
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

/// Seconds since 1970, as Prometheus has its timestamps.
double unix_seconds(std::chrono::system_clock::time_point time);

}  // namespace kie::exposition
