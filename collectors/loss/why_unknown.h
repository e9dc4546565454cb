#pragma once

#include "collectors/loss/event.h"
#include "collectors/loss/find_end.h"
#include "collectors/loss/state.h"
#include "collectors/model/epoch_ends.h"

#include <optional>
#include <span>

/// Whether an answer is enough to determine a loss.
namespace kie::loss {

/// Why a loss in `epoch` cannot be determined; nullopt: it can.
/// `log_start`: of the leader that answered, read after the ends. `is_from_outside`: a leader from
/// outside the last ISR was elected when the epoch ended, or later.
std::optional<UnknownReason> why_unknown(const Pending& epoch, const FoundEnd& found,
                                         const model::EpochEnd& answered, Offset log_start,
                                         bool is_from_outside);

/// Whether an earlier answer showed that the leader of `newest` had all that is known to be
/// committed in the epoch. Then retention or DeleteRecords has removed it since, and nothing is
/// lost.
bool was_whole(const Pending& epoch, std::span<const KnownEnd> ends_before, LeaderEpoch newest);

}  // namespace kie::loss
