#pragma once

#include "exporter/cluster/status.h"
#include "exporter/web/api/answer.h"
#include "exporter/web/api/parameters.h"

#include <tl/expected.hpp>

#include <atomic>
#include <string>

namespace kie::api {

/// Answers whether a broker may be stopped, after a poll that begins after the question.
/// Thread: any.
class MayStop {
 public:
  /// `most_waiting`: requests that may wait for a poll, each of which holds a thread of the server.
  MayStop(const StatusBoard& status, int most_waiting)
      : status_(status), most_waiting_(most_waiting) {}

  /// `broker`: as the path has it.
  tl::expected<ApiAnswer, ApiError> answer(const ClusterStatus& cluster, const std::string& broker,
                                           Parameters& parameters);

 private:
  const StatusBoard& status_;
  int most_waiting_;
  /// Requests that wait for a poll.
  std::atomic<int> waiting_ = 0;
};

}  // namespace kie::api
