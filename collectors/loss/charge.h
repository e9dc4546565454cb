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

/// Where what was charged to older epochs by the same answer ends; nullopt: nothing was. Each
/// offset is charged once, to the oldest epoch that has it.
struct Charged {
  std::optional<Offset> acks_all, acks_one;
};

/// What of `epoch` is lost: first what was committed or acknowledged with acks=all, in one range
/// or two, then what was acknowledged with acks=1 alone. Empty: nothing.
/// `found`: of find_end, by `answered`. `assessed`: PartitionLoss::assessed, which may have charged
/// some of what was acknowledged already.
std::vector<Charge> charge(const Pending& epoch, const FoundEnd& found,
                           const model::EpochEnd& answered, const Charged& charged,
                           std::span<const Assessed> assessed);

/// `charged`, with what was charged to one more epoch.
Charged add_charges(Charged charged, std::span<const Charge> charges);

}  // namespace kie::loss
