#pragma once

#include "collectors/model/configs.h"
#include "collectors/risk/finding.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::risk {

struct TopicReplicas {
  std::string_view name;
  /// Of the partition with the fewest; nullopt: not known.
  std::optional<std::uint64_t> replicas;
};

/// The input of a cluster's rules. References must outlive the call only.
struct ClusterFacts {
  const model::Configs& settings;
  /// nullopt: no topic may be described.
  std::optional<std::vector<TopicReplicas>> topics;
  /// Those that are listed or have replicas; empty: not known.
  std::vector<BrokerId> brokers;
  /// Of the producers that report.
  std::optional<milliseconds> longest_delivery_timeout;
};

struct Findings {
  /// By scope, then by name.
  std::vector<Finding> found;
  /// Topics whose settings are not known. What is found of them is not all.
  std::vector<std::string> unknown_topics;
  std::vector<BrokerId> unknown_brokers;
  /// The lists of topics and brokers are known.
  bool has_topics = false;
  bool has_brokers = false;

  /// Whether the rules of the scope could be applied to all.
  bool is_complete(Scope scope) const {
    return scope == Scope::kTopic ? has_topics && unknown_topics.empty()
                                  : has_brokers && unknown_brokers.empty();
  }

  bool operator==(const Findings&) const = default;
};

/// The rules of scope topic, broker and cluster.
Findings evaluate(const ClusterFacts& cluster, const Thresholds& thresholds);

}  // namespace kie::risk
