#pragma once

#include "collectors/loss/state.h"
#include "collectors/replication/state.h"
#include "collectors/replication/summary.h"
#include "collectors/risk/cluster.h"

#include <optional>
#include <string>
#include <vector>

namespace kie {

struct Words {
  /// A sentence each, the worst first.
  std::vector<std::string> sentences;
  bool needs_attention = false;
};

/// The state of a cluster as one would tell a colleague.
Words describe(const replication::State& state, const replication::Summary& summary,
               const loss::State& loss, loss::Instant now);

/// The findings of a cluster that are not exempt, by rule; nullopt if there are none.
std::optional<std::string> describe(const risk::Findings& risks);

/// Brokers as "1,2,3".
std::string join(const std::vector<BrokerId>& brokers);

}  // namespace kie
