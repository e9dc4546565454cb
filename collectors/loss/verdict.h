#pragma once

#include "collectors/loss/event.h"
#include "collectors/loss/state.h"
#include "collectors/model/configs.h"

#include <cstddef>
#include <optional>
#include <span>

/// Whether the election by which committed records were lost was unclean.
namespace kie::loss {

/// Returns the first election of a leader from outside the last ISR, beginning with the election
/// that ended `pending[index]`. As an index of `pending`; nullopt: there was none.
std::optional<std::size_t> find_outside_election(std::span<const Pending> pending,
                                                 std::size_t index);

/// `epoch`: one in which committed records were lost. `is_from_outside`: find_outside_election
/// found one. `unclean_leader_election`: the topic's setting; nullopt: not known.
ElectionVerdict verdict(const Pending& epoch, bool is_from_outside,
                        const std::optional<model::Configured<bool>>& unclean_leader_election);

}  // namespace kie::loss
