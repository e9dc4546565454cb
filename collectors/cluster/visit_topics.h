#pragma once

#include "collectors/cluster/state.h"

#include <functional>
#include <string>

namespace kie {

/// Calls `visit` for the topics of a cluster, by name, beginning with `from` or the next one, until
/// it returns false. The state's mutex is held during the call and released every few topics, so
/// that a poll, which needs it too, does not wait for a long list. Changes made meanwhile may be
/// seen or not. `visit` must not keep the topic.
/// Thread: any but the cluster's poll thread.
void visit_topics(const ClusterState& known, const std::string& from,
                  const std::function<bool(const replication::TopicState&)>& visit);

}  // namespace kie
