#pragma once

#include "collectors/loss/state.h"
#include "collectors/quorum/state.h"
#include "collectors/replication/state.h"
#include "exporter/history/clocks.h"

#include <optional>
#include <string>
#include <string_view>

/// The state of a cluster as rows of the state file: one a topic with its partitions packed, and
/// one for what is the cluster's. A row has all that counters, windows and the measurement of a
/// loss need to go on; what is shown only while it is fresh, and when it was heard, is not in it.
namespace kie::history {

/// All that is known under one topic's name. Pointers may be nullptr.
struct KnownTopic {
  const replication::TopicState* topic = nullptr;
  const replication::DeletedTopic* deleted = nullptr;
  const loss::TopicLoss* loss = nullptr;
};

std::string pack_topic(const KnownTopic& view, const Clocks& clocks);

/// Puts what the row has into both states, where the topic must not be yet. False if the row is not
/// understood; nothing is changed then.
bool unpack_topic(const std::string& name, std::string_view row, const Clocks& clocks,
                  replication::ReplicationState& replication, loss::LossState& loss);

/// `polled`: when all topics were last looked at.
std::string pack_cluster(const replication::ReplicationState& replication,
                         const loss::LossState& loss, const quorum::QuorumState& quorum,
                         std::optional<Clocks::Time> polled);

/// As unpack_topic. `polled` is set to what was packed.
bool unpack_cluster(std::string_view row, replication::ReplicationState& replication,
                    loss::LossState& loss, quorum::QuorumState& quorum,
                    std::optional<Clocks::Time>& polled);

}  // namespace kie::history
