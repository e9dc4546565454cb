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

/// Acknowledged offsets from producers' reports, for the worker of the cluster. Only the newest of
/// each segment is kept, so the size is limited by the reports of one interval (max_offsets).
/// Thread: any.
class AckedOffsets {
 public:
  /// Keeps offsets of the cluster from now on.
  void watch(const std::string& cluster);

  /// The cluster is not watched any more.
  void release(const std::string& cluster);

  /// Ignored if the cluster is not watched.
  void post(const std::string& cluster, const std::string& instance,
            std::vector<producers::ReportedSegment> segments, loss::Instant arrived);

  /// All offsets since the last call, oldest segment first.
  std::vector<loss::Acknowledgement> take(const std::string& cluster);

 private:
  using Segments = std::map<std::pair<loss::ReporterKey, std::int64_t>, loss::Acknowledgement>;

  std::mutex mutex_;
  std::map<std::string, Segments, std::less<>> clusters_;
};

}  // namespace kie
