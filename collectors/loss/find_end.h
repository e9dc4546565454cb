#pragma once

#include "collectors/loss/state.h"
#include "collectors/model/epoch_ends.h"

#include <span>
#include <vector>

/// Where an epoch ends in the log of the new leader. Source: OffsetForLeaderEpoch (KIP-320).
namespace kie::loss {

struct FoundEnd {
  /// The log still has the records of the epoch below this offset.
  Offset end;
  /// The epoch may end below `end`: the records before `end` may never have been committed.
  bool is_at_most = false;
};

/// Returns where `epoch` ends according to its answer. If the answer names an older epoch F, a
/// leader that returned may have records of F that were never committed (KIP-279). The end is then
/// the smaller of the answer's and the end of F in the log of the leader of `epoch`.
/// `pending`: all of the partition. `ends_before`: PartitionLoss::ends before this answer.
FoundEnd find_end(const Pending& epoch, const model::EpochEnd& answered,
                  std::span<const Pending> pending, std::span<const KnownEnd> ends_before);

/// Stores in `ends` the answer for `epoch` about the log of the leader of `newest`.
void keep_end(std::vector<KnownEnd>& ends, LeaderEpoch epoch, const model::EpochEnd& answered,
              LeaderEpoch newest);

}  // namespace kie::loss
