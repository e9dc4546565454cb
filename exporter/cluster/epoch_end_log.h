#pragma once

#include "exporter/cluster/epoch_end_thread.h"
#include "exporter/log/failure_log.h"

#include <string>

namespace kie {

/// Says once what keeps questions about leader epochs from being answered, with the grant that
/// helps, and once that it is over. Thread: one.
class EpochEndLog {
 public:
  explicit EpochEndLog(std::string cluster) : failure_log_(std::move(cluster)) {}

  /// `is_last`: nothing else is being asked. Only then it can be over: the parts of many questions
  /// are refused or not each for itself. Returns whether all of this part is answered.
  bool take(const EpochEndThread::Report& report, bool is_last);

 private:
  FailureLog failure_log_;
  bool any_failed_ = false;
};

}  // namespace kie
