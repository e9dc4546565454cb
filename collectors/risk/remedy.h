#pragma once

#include "collectors/model/configs.h"
#include "collectors/risk/finding.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace kie::risk {

/// How to fix a finding of a cluster.
struct Remedy {
  /// For the operator, in sentences.
  std::string text;
  /// Run one after the other; empty if only a file has to be edited.
  std::vector<std::string> commands;
};

/// The assignment of a partition.
struct Assignment {
  std::int32_t partition = 0;
  std::vector<BrokerId> replicas;
};

/// The cluster of a finding. References must outlive the call only.
struct Place {
  /// HOST:PORT for --bootstrap-server.
  std::string server;
  const model::Configs& settings;
  /// Rack of each listed broker; empty: none.
  std::map<BrokerId, std::string> racks;
  /// Number of replicas of each broker.
  std::map<BrokerId, std::size_t> load;
  /// Of the topic of the finding.
  std::vector<Assignment> partitions;
};

Remedy remedy_of(const Finding& finding, const Place& place);

/// Adds replicas to the partitions that have fewer than `wanted`, and removes none: on brokers in
/// other racks first, then on those with the fewest. Limited by the number of brokers.
std::vector<Assignment> with_replicas(std::vector<Assignment> partitions, std::size_t wanted,
                                      const Place& place);

}  // namespace kie::risk
