#pragma once

#include "collectors/loss/acknowledged.h"
#include "collectors/producers/report.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
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
  /// Ignored if the cluster is not watched, see AckedOffsetsWatch.
  void post(const std::string& cluster, const std::string& instance,
            std::vector<producers::ReportedSegment> segments, loss::Instant arrived);

 private:
  friend class AckedOffsetsWatch;

  struct Watched {
    /// Two for a moment, when an entry of the configuration takes a cluster over from another.
    int watches = 0;
    std::map<std::pair<loss::ReporterKey, std::int64_t>, loss::Acknowledgement> segments;
  };

  std::mutex mutex_;
  std::map<std::string, Watched, std::less<>> clusters_;
};

/// Keeps the offsets that producers report of one cluster, as long as this exists.
/// Thread: the cluster's poll thread.
class AckedOffsetsWatch {
 public:
  /// `offsets` must outlive this; nullptr: no reports are taken.
  explicit AckedOffsetsWatch(AckedOffsets* offsets) : offsets_(offsets) {}
  ~AckedOffsetsWatch() { end(); }
  AckedOffsetsWatch(const AckedOffsetsWatch&) = delete;
  AckedOffsetsWatch& operator=(const AckedOffsetsWatch&) = delete;

  /// Keeps offsets of this cluster from now on, and of no other.
  void follow(const std::string& cluster);

  void end();

  /// All offsets since the last call, oldest segment first.
  std::vector<loss::Acknowledgement> take();

 private:
  AckedOffsets* offsets_;
  std::optional<std::string> cluster_;
};

}  // namespace kie
