#pragma once

#include "exporter/exposition/self_metrics.h"

#include <chrono>
#include <map>
#include <string>

namespace kie {

/// The exporter's own metrics about the polls of one cluster: kafka_isr_exporter_poll* and
/// kafka_isr_exporter_collector_*.
/// Thread: any.
class CollectorMetrics {
 public:
  /// `cluster`: its name; empty: the series have no label for it. `self` must outlive this.
  CollectorMetrics(exposition::SelfMetrics& self, std::string cluster);
  ~CollectorMetrics() { remove(); }
  CollectorMetrics(const CollectorMetrics&) = delete;
  CollectorMetrics& operator=(const CollectorMetrics&) = delete;

  void poll_begun();
  void poll_failed();
  /// A poll ended after the next one was due.
  void poll_late();
  /// An exception was caught in the thread of this name ("poll", "loss").
  void internal_error(const std::string& thread);

  /// Whether all requests of a collector were answered, and how long they took.
  void collected(const std::string& collector, std::chrono::steady_clock::duration took,
                 bool success);

  /// Removes the cluster's series until the next one is set.
  void remove();

 private:
  std::map<std::string, std::string> labels() const;

  exposition::SelfMetrics& self_;
  std::string cluster_;
};

}  // namespace kie
