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
  /// Of the partition that has fewest; nullopt: not known.
  std::optional<std::uint64_t> replicas;
};

/// What the rules of a cluster are applied to. References outlive the call only.
struct ClusterFacts {
  const model::Configs& settings;
  /// nullopt: none may be described, so that nothing is known of any.
  std::optional<std::vector<TopicReplicas>> topics;
  /// All that are listed; empty: not known.
  std::vector<BrokerId> brokers;
  /// Of the producers that report.
  std::optional<milliseconds> longest_delivery_timeout;
};

struct Findings {
  /// By scope, then by name.
  std::vector<Finding> found;
  /// Of these the rules say nothing: their settings are not known. What is not found there is not
  /// clean.
  std::vector<std::string> unknown_topics;
  std::vector<BrokerId> unknown_brokers;
  /// Which topics and brokers there are is known.
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

/// A setting as the topic has it in effect: its own, the cluster's dynamic default, or the worst of
/// what the brokers have, since which of them counts changes with the leader.
std::optional<model::Configured<std::int32_t>> min_isr_of(const model::Configs& settings,
                                                          std::string_view topic);
std::optional<model::Configured<bool>> unclean_election_of(const model::Configs& settings,
                                                           std::string_view topic);

/// Whether Kafka made the topic for itself.
bool is_internal(std::string_view topic);

/// The value as a whole number; nullopt if it is none.
std::optional<std::int64_t> number_of(const model::BrokerConfigs& settings, std::string_view key);

}  // namespace kie::risk
