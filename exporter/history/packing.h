#pragma once

#include "collectors/loss/state.h"
#include "collectors/quorum/state.h"
#include "collectors/replication/state.h"
#include "exporter/history/clocks.h"

#include <optional>
#include <string>
#include <string_view>

/// The state of a cluster as rows of the state file: one per topic with its partitions packed, and
/// one for the cluster itself. Rows have all that counters, windows and the measurement of losses
/// need to continue, but not what is only shown while it is fresh, nor when it was read.
namespace kie::history {

/// The state under one topic's name. Pointers may be nullptr.
struct KnownTopic {
  const replication::TopicState* topic = nullptr;
  const replication::DeletedTopic* deleted = nullptr;
  const loss::TopicLoss* loss = nullptr;
};

std::string pack_topic(const KnownTopic& view, const Clocks& clocks);

/// Adds the row to both states, which must not have the topic yet. False if the row cannot be read;
/// then nothing is changed.
bool unpack_topic(const std::string& name, std::string_view row, const Clocks& clocks,
                  replication::ReplicationState& replication, loss::LossState& loss);

/// `polled`: when all topics were last read.
std::string pack_cluster(const replication::ReplicationState& replication,
                         const loss::LossState& loss, const quorum::QuorumState& quorum,
                         std::optional<Clocks::Time> polled);

/// Like unpack_topic. Sets `polled` to the packed value.
bool unpack_cluster(std::string_view row, replication::ReplicationState& replication,
                    loss::LossState& loss, quorum::QuorumState& quorum,
                    std::optional<Clocks::Time>& polled);

}  // namespace kie::history
