#pragma once

#include "collectors/kafka/request_batch.h"
#include "collectors/model/snapshot.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace kie::kafka {

enum class OffsetKind : std::uint8_t { kLatest, kEarliest };

/// Reads offsets of all partitions that one of `brokers` leads into `snapshot`: one request for
/// each leader and kind, so that a frozen broker holds only its own partitions. kLatest: the high
/// watermark and the leader epoch at the log's end; kEarliest: the log start. The first error that
/// comes with a partition or an answer goes to `error`. Both must exist until the batch has been
/// awaited. If a leader answers that it does not lead a partition, the leadership becomes unknown:
/// Metadata or the leader is out of date. If several brokers have its address this is ignored, as
/// another may have answered. Source: ListOffsets (API 2) with timestamps -1 and -2, read
/// uncommitted. Permission: Describe on the topics.
void ask_offsets(RequestBatch& batch, const std::vector<model::BrokerSnapshot>& brokers,
                 model::ClusterSnapshot& snapshot, OffsetKind kind, std::optional<Error>& error);

struct OffsetsReport {
  /// Leaders that did not answer in time. Sorted.
  std::vector<BrokerId> silent;
  /// Partitions with a leader whose offsets are not known after this poll.
  std::size_t missing = 0;
  std::optional<Error> error;
};

/// Reads both kinds, and waits for the answers.
OffsetsReport read_offsets(RequestBatch& batch, const std::vector<model::BrokerSnapshot>& brokers,
                           model::ClusterSnapshot& snapshot);

}  // namespace kie::kafka
