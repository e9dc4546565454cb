#pragma once

#include "collectors/loss/charge.h"
#include "collectors/loss/event.h"
#include "collectors/loss/state.h"

#include <string>

/// Events about an epoch of a partition, which has its newest epoch and leader already.
namespace kie::loss {

/// `at_least`: more than the charge may be gone. `verdict`: of the election.
LossEvent loss_event(const std::string& topic, const PartitionLoss& partition, const Pending& epoch,
                     const Charge& charge, bool at_least, ElectionVerdict verdict);

/// `epoch`: the one that ended with the election.
LossEvent unclean_election_event(const std::string& topic, const PartitionLoss& partition,
                                 const Pending& epoch);

LossEvent unknown_event(const std::string& topic, const PartitionLoss& partition,
                        const Pending& epoch, UnknownReason why);

}  // namespace kie::loss
