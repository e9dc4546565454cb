#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace kie::kafka {

/// Kafka's release as far as a rule depends on it.
struct Release {
  int major = 0;
  int minor = 0;

  constexpr auto operator<=>(const Release&) const = default;
};

/// unclean.leader.election.enable of a topic.
struct UncleanLeaderElection {
  bool enabled = false;
  /// It is the topic's own, or the cluster's dynamic default. A broker's file or default is only
  /// how the brokers see it: under KRaft the controller's counts, which nobody can read.
  bool is_certain = false;

  bool operator==(const UncleanLeaderElection&) const = default;
};

/// What is configured for topics and brokers, as far as collectors need it. One observation, that
/// grows with every answer and forgets deleted topics.
struct Settings {
  /// Raw min.insync.replicas by topic. Source: DescribeConfigs of the topic.
  std::map<std::string, std::int32_t, std::less<>> min_insync_replicas;
  /// By topic. Source: DescribeConfigs of the topic.
  std::map<std::string, UncleanLeaderElection, std::less<>> unclean_leader_election;
  /// Source: a broker's inter.broker.protocol.version; its absence means 4.0 or later.
  std::optional<Release> release;
};

/// min.insync.replicas as brokers apply it: never above the number of replicas from 3.7 on
/// (KIP-966), as it stands before; nullopt where the release decides and is not known.
constexpr std::optional<std::int32_t> effective_min_isr(std::int32_t raw, std::int32_t replicas,
                                                        const std::optional<Release>& release) {
  if (raw <= replicas) return raw;
  if (!release) return std::nullopt;
  return *release >= Release{3, 7} ? replicas : raw;
}

/// Reads the value of inter.broker.protocol.version ("3.9-IV0", "3.9", "2.8").
std::optional<Release> parse_release(const std::string& inter_broker_protocol_version);

}  // namespace kie::kafka
