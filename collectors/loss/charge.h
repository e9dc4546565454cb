#pragma once

#include "collectors/loss/event.h"
#include "collectors/loss/find_end.h"
#include "collectors/loss/state.h"
#include "collectors/model/epoch_ends.h"

#include <optional>
#include <span>
#include <vector>

/// Which offsets of an epoch are lost:
///   lost = [ max(end of the epoch, last known log start), highest offset known to be safe )
namespace kie::loss {

/// Offsets that are lost: [first, end), never empty.
struct Charge {
  Offset first, end;
  Measure measure = Measure::kHighWatermark;
  /// False: only the leader had acknowledged them (acks=1).
  bool acks_all = true;
};

/// The end of what the same answer charged to older epochs; nullopt: nothing was charged. Each
/// offset is charged once, to the oldest epoch that has it.
struct Charged {
  std::optional<Offset> acks_all, acks_one;
};

/// The lost offsets of `epoch`: first those committed or acknowledged with acks=all, in one range
/// or two, then those acknowledged only with acks=1. Empty: nothing is lost.
/// `found`: the result of find_end for `answered`. `assessed`: PartitionLoss::assessed; it may have
/// charged some acknowledged offsets already.
std::vector<Charge> charge(const Pending& epoch, const FoundEnd& found,
                           const model::EpochEnd& answered, const Charged& charged,
                           std::span<const Assessed> assessed);

/// Returns `charged` with the charges of one more epoch.
Charged add_charges(Charged charged, std::span<const Charge> charges);

}  // namespace kie::loss
