#pragma once

#include "exporter/cluster/epoch_end_thread.h"
#include "exporter/log/failure_log.h"

#include <string>

namespace kie {

/// Logs once why questions about leader epochs are not answered, with the grant that helps, and
/// once that they are answered again. Thread: one.
class EpochEndLog {
 public:
  explicit EpochEndLog(std::string cluster) : failure_log_(std::move(cluster)) {}

  /// `is_last`: nothing else is being asked. Only then the failure can be over, as each part may be
  /// refused by itself. Returns whether all questions of this part are answered.
  bool take(const EpochEndThread::Report& report, bool is_last);

 private:
  FailureLog failure_log_;
  bool any_failed_ = false;
};

}  // namespace kie
