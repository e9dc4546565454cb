#pragma once

#include "collectors/kafka/check/check_report.h"
#include "config/config.h"

#include <optional>
#include <string>
#include <vector>

namespace kie::kafka {

struct ClusterCheck {
  config::SourceLocation place;
  std::string name;
  std::vector<std::string> servers;
  /// Source: Metadata. Brokers before 0.10.1 have none.
  std::optional<std::string> cluster_id;
  std::vector<Check> checks;
};

/// Tries each step to a cluster and each request of the collectors, and changes nothing there.
/// Blocks for a few request timeouts at most, and for two more for each 32 brokers that do not
/// answer. No returned text contains a secret. Thread: any.
ClusterCheck check_cluster(const config::ClusterConfig& cluster);

}  // namespace kie::kafka
