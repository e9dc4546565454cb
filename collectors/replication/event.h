#pragma once

#include "collectors/model/snapshot.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::replication {

enum class ReplicationEventKind : std::uint8_t {
  kIsrShrink,
  kIsrExpand,
  kLeaderChange,
  /// The leader is another one than in the last snapshot; `leader_origin`: where it was then.
  kElection,
  /// The epoch grew and nothing else changed: the leader is the same and was never seen offline. No
  /// election.
  kEpochChange,
  kOffline,
  kOnline,
  kRecreated,
  kReassignmentStarted,
  kReassignmentEnded,
  kDeleted,
  kBrokerLost,
  kBrokerJoined,
};

/// Whether a new leader was in the last ISR. A hint only: an eligible leader replica (KIP-966) is
/// outside and has lost nothing.
enum class LeaderOrigin : std::uint8_t {
  kInIsr,
  kOutsideIsr,
  /// The partition was not read in the previous poll, so the ISR may have changed since.
  kUnknown,
};

inline constexpr std::size_t kLeaderOrigins = 3;

/// Something that happened between two snapshots of a cluster.
struct ReplicationEvent {
  ReplicationEventKind kind = ReplicationEventKind::kIsrShrink;
  /// The snapshot before, which did not show it yet; nullopt if there was none in this process.
  std::optional<model::Instant> from;
  model::Instant to;
  /// Empty for events of a broker.
  std::string topic;
  std::optional<PartitionId> partition;
  /// The broker that joined or was lost.
  std::optional<BrokerId> broker;
  /// For events of a partition. nullopt: no leader, or Metadata does not return it.
  std::optional<BrokerId> leader_before, leader_after;
  /// There is a leader that Metadata does not return, as it has no such listener.
  bool is_hidden_before = false;
  bool is_hidden_after = false;
  std::vector<BrokerId> isr_before, isr_after;
  /// Of a reassignment.
  std::vector<BrokerId> replicas_before, replicas_after;
  /// Of an election.
  LeaderOrigin leader_origin = LeaderOrigin::kUnknown;
};

constexpr std::string_view to_string(ReplicationEventKind kind) {
  switch (kind) {
    case ReplicationEventKind::kIsrShrink:
      return "isr_shrink";
    case ReplicationEventKind::kIsrExpand:
      return "isr_expand";
    case ReplicationEventKind::kLeaderChange:
      return "leader_change";
    case ReplicationEventKind::kElection:
      return "election";
    case ReplicationEventKind::kEpochChange:
      return "epoch_change";
    case ReplicationEventKind::kOffline:
      return "offline";
    case ReplicationEventKind::kOnline:
      return "online";
    case ReplicationEventKind::kRecreated:
      return "recreated";
    case ReplicationEventKind::kReassignmentStarted:
      return "reassignment_started";
    case ReplicationEventKind::kReassignmentEnded:
      return "reassignment_ended";
    case ReplicationEventKind::kDeleted:
      return "deleted";
    case ReplicationEventKind::kBrokerLost:
      return "broker_lost";
    case ReplicationEventKind::kBrokerJoined:
      return "broker_joined";
  }
  return "unknown";
}

constexpr std::string_view to_string(LeaderOrigin leader_origin) {
  switch (leader_origin) {
    case LeaderOrigin::kInIsr:
      return "in_isr";
    case LeaderOrigin::kOutsideIsr:
      return "outside_isr";
    case LeaderOrigin::kUnknown:
      return "unknown";
  }
  return "unknown";
}

}  // namespace kie::replication
