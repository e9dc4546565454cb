#pragma once

#include "collectors/loss/state.h"
#include "collectors/model/epoch_ends.h"

#include <cstddef>
#include <span>

/// Epochs that are assessed as one, so that one loss is one event.
namespace kie::loss {

/// Returns how many of the pending epochs, from the first on, end at the same offset: they ended
/// with the same epoch change, and the log has none of the later ones. At least 1.
/// `pending` is not empty; `ends` has the answer for each, in the same order.
std::size_t count_same_end(std::span<const Pending> pending, std::span<const model::EpochEnd> ends);

/// The oldest of these epochs, with the highest offsets of all. `same_end` is not empty.
Pending unite(std::span<const Pending> same_end);

}  // namespace kie::loss
