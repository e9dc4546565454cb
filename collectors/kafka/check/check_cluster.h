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

/// Tries each step of the way to a cluster and each question that a collector asks, and changes
/// nothing there. Blocks for a few request timeouts at most, and for
/// two more for each 32 brokers that do not answer. No text that comes back has a secret
/// in it. Thread: any.
ClusterCheck check_cluster(const config::ClusterConfig& cluster);

}  // namespace kie::kafka
