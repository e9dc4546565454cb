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

/// What a leader that says that it does not lead a partition means.
enum class Denial : std::uint8_t {
  /// Metadata or the leader is out of date: leadership becomes unknown.
  kContradictsMetadata,
  /// Nothing: another broker may have answered in its place.
  kSaysNothing,
};

/// Reads offsets of all partitions that have a leader into `snapshot`: one request for each leader
/// and kind, so that a frozen broker holds only its own partitions. kLatest: the high watermark and
/// the leader epoch at the log's end; kEarliest: the log start. The first error that comes with a
/// partition or an answer goes to `error`. Both must stay until the batch has been awaited.
/// Source: ListOffsets (API 2) with timestamps -1 and -2, read uncommitted. Permission: Describe on
/// the topics.
void ask_offsets(RequestBatch& batch, model::ClusterSnapshot& snapshot, OffsetKind kind,
                 Denial denial, std::optional<Error>& error);

struct OffsetsReport {
  /// Leaders that did not answer in time. Sorted.
  std::vector<BrokerId> silent;
  /// Partitions with a leader whose offsets are not known after this poll.
  std::size_t missing = 0;
  std::optional<Error> error;
};

/// Reads both kinds, and waits for the answers.
OffsetsReport read_offsets(RequestBatch& batch, model::ClusterSnapshot& snapshot, Denial denial);

}  // namespace kie::kafka
