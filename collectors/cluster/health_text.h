#pragma once

#include "collectors/loss/state.h"
#include "collectors/quorum/state.h"
#include "collectors/replication/state.h"
#include "collectors/replication/summary.h"
#include "collectors/risk/cluster.h"

#include <optional>
#include <string>
#include <vector>

namespace kie {

struct HealthSummary {
  /// A sentence each, the worst first.
  std::vector<std::string> sentences;
  bool needs_attention = false;
};

/// The state of a cluster as one would tell a colleague.
HealthSummary describe(const replication::ReplicationState& state,
                       const replication::ReplicationSummary& summary, const loss::LossState& loss,
                       const quorum::QuorumState& quorum, loss::Instant now);

/// That no controller answers, or did not until now, and what follows; nullopt where what brokers
/// say is up to date.
std::optional<std::string> describe(const quorum::QuorumState& quorum, quorum::Instant now);

/// Why nobody confirms what is known of a cluster; nullopt where somebody can.
std::optional<std::string> describe(const std::optional<model::Confirmation>& confirmation);

/// The findings of a cluster that are not exempt, by rule; nullopt if there are none.
std::optional<std::string> describe(const risk::Findings& risks);

/// Brokers as "1,2,3".
std::string join(const std::vector<BrokerId>& brokers);

}  // namespace kie
