#pragma once

#include "collectors/model/configs.h"
#include "collectors/risk/finding.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace kie::risk {

/// What to do about a finding of a cluster.
struct Remedy {
  /// For a person, in sentences.
  std::string text;
  /// To be run one after the other; none where there is only a file to be edited.
  std::vector<std::string> commands;
};

/// A partition as it is assigned.
struct Assignment {
  std::int32_t partition = 0;
  std::vector<BrokerId> replicas;
};

/// Of the cluster where something was found. References outlive the call only.
struct Place {
  /// HOST:PORT for --bootstrap-server.
  std::string server;
  const model::Configs& settings;
  /// Rack by broker, of those that are listed; empty: none.
  std::map<BrokerId, std::string> racks;
  /// How many replicas each has.
  std::map<BrokerId, std::size_t> load;
  /// Of the topic that the finding is about.
  std::vector<Assignment> partitions;
};

Remedy remedy_of(const Finding& finding, const Place& place);

/// Adds replicas to the partitions that have fewer than `wanted`, and takes none away: of brokers
/// in other racks first, then of those that have fewest. Fewer brokers make fewer replicas.
std::vector<Assignment> with_replicas(std::vector<Assignment> partitions, std::size_t wanted,
                                      const Place& place);

}  // namespace kie::risk
