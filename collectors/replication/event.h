#pragma once

#include "collectors/kafka/ids.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::replication {

enum class EventKind : std::uint8_t {
  kIsrShrink,
  kIsrExpand,
  kLeaderChange,
  /// The epoch grew although the leader stayed and was never seen gone: no election.
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

/// Something that happened between two looks at a cluster.
struct Event {
  EventKind kind = EventKind::kIsrShrink;
  /// Empty for events of a broker.
  std::string topic;
  std::optional<PartitionId> partition;
  /// The broker that came or went.
  std::optional<BrokerId> broker;
  /// Of events of a partition: as it was and as it is. No leader: nullopt.
  std::optional<BrokerId> leader_before, leader_after;
  std::vector<BrokerId> isr_before, isr_after;
};

constexpr std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::kIsrShrink:
      return "isr_shrink";
    case EventKind::kIsrExpand:
      return "isr_expand";
    case EventKind::kLeaderChange:
      return "leader_change";
    case EventKind::kEpochChange:
      return "epoch_change";
    case EventKind::kOffline:
      return "offline";
    case EventKind::kOnline:
      return "online";
    case EventKind::kRecreated:
      return "recreated";
    case EventKind::kReassignmentStarted:
      return "reassignment_started";
    case EventKind::kReassignmentEnded:
      return "reassignment_ended";
    case EventKind::kDeleted:
      return "deleted";
    case EventKind::kBrokerLost:
      return "broker_lost";
    case EventKind::kBrokerJoined:
      return "broker_joined";
  }
  return "unknown";
}

}  // namespace kie::replication
