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
  /// Worst first.
  std::vector<std::string> sentences;
  bool needs_attention = false;
};

/// Describes the state of a cluster in sentences.
HealthSummary describe(const replication::ReplicationState& state,
                       const replication::ReplicationSummary& summary, const loss::LossState& loss,
                       const quorum::QuorumState& quorum, loss::Instant now);

/// Says that no controller answers, or did not until now, and what follows; nullopt if Metadata is
/// up to date.
std::optional<std::string> describe(const quorum::QuorumState& quorum, quorum::Instant now);

/// Why no second broker can confirm what is known of a cluster; nullopt if one can.
std::optional<std::string> describe(const std::optional<model::Confirmation>& confirmation);

/// Counts the findings of a cluster that are not exempt, by rule; nullopt if there are none.
std::optional<std::string> describe(const risk::Findings& risks);

}  // namespace kie
