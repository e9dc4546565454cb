#pragma once

#include "collectors/loss/acknowledged.h"
#include "collectors/producers/report.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kie {

/// What producers report that was acknowledged, on its way to whoever watches the cluster. Of each
/// segment the newest is kept, so that it grows with what the reports of one interval name, which
/// has a bound (max_offsets). Thread: any.
class AckedOffsets {
 public:
  /// From now on what concerns the cluster is kept.
  void watch(const std::string& cluster);

  /// Nobody watches the cluster any more.
  void release(const std::string& cluster);

  /// Dropped if nobody watches that cluster.
  void post(const std::string& cluster, const std::string& instance,
            std::vector<producers::ReportedSegment> segments, loss::Instant arrived);

  /// All that came since the last time, oldest segment first.
  std::vector<loss::Acknowledgement> take(const std::string& cluster);

 private:
  using Segments = std::map<std::pair<loss::ReporterKey, std::int64_t>, loss::Acknowledgement>;

  std::mutex mutex_;
  std::map<std::string, Segments, std::less<>> clusters_;
};

}  // namespace kie
