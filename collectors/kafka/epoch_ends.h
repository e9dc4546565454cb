#pragma once

#include "collectors/kafka/client.h"
#include "collectors/kafka/truncation_text.h"
#include "collectors/model/epoch_ends.h"

#include <chrono>
#include <memory>
#include <span>
#include <stop_token>

namespace kie::kafka {

/// Asks the leaders of partitions where leader epochs end in their logs.
/// Source: OffsetForLeaderEpoch (API 23), DescribeTopics, ListOffsets earliest; to describe the
/// topics is permission enough.
/// Thread: one at a time.
class EpochClient {
 public:
  static Result<EpochClient> create(const config::Cluster& cluster, LogSink sink,
                                    ReadTruncationText read = parse_truncation_text);
  EpochClient(EpochClient&&) noexcept;
  ~EpochClient();

  /// Each partition may be in one question only; those that come first are asked first. Returns
  /// when all that can be answered now is, or the time is over. A broker that keeps silent costs
  /// one wait, as long as its answers usually take and at most request_timeout.
  model::EpochReport ask(std::span<const model::EpochQuestion> questions,
                         std::chrono::steady_clock::time_point deadline,
                         const std::stop_token& stop);

 private:
  class Impl;
  explicit EpochClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kie::kafka
