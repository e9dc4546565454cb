#pragma once

#include "collectors/producers/state.h"
#include "exporter/history/clocks.h"

#include <string>
#include <string_view>

/// The state of producers as rows of the history: one for each client, which has its totals, and
/// one for each instance, which has what was counted of it, so that its next document counts only
/// what is new. The documents themselves are not kept.
namespace kie {

std::string row_name(const producers::InstanceKey& key);
/// `client_id`: of a client.
std::string row_name(std::string_view client_id);

std::string pack(const producers::Instance& instance, const history::Clocks& clocks);
std::string pack(const producers::ProducerClient& client, const history::Clocks& clocks);

/// Adds what the row has to the state. False if the row cannot be read; then nothing is changed.
bool unpack(std::string_view name, std::string_view row, const history::Clocks& clocks,
            producers::ProducersState& state);

}  // namespace kie
