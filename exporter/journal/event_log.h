#pragma once

#include "collectors/loss/event.h"
#include "collectors/quorum/event.h"
#include "collectors/replication/event.h"

#include <string>
#include <vector>

namespace kie {

/// Logs the events of a cluster: one line for all partitions of a topic with the same event, with
/// the first as an example. Lost records are added up.
void log_events(const std::string& cluster,
                const std::vector<replication::ReplicationEvent>& events);
void log_events(const std::string& cluster, const std::vector<loss::LossEvent>& events);
void log_events(const std::string& cluster, const std::vector<quorum::ControllerEvent>& events);

}  // namespace kie
