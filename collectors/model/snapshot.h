#pragma once

#include "collectors/model/ids.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What was seen of a cluster in one look: plain values, made by collectors/kafka and by replays of
/// recordings, read by all collectors. Whatever nobody said is nullopt, never 0 or -1.
namespace kie::model {

/// Monotonic, so that a step of the wall clock makes nothing stale.
using Instant = std::chrono::steady_clock::time_point;

enum class Leadership : std::uint8_t {
  kLeader,
  /// Metadata's leader -1: the partition is offline.
  kNone,
  /// Nobody could say: contradicting brokers, a leader that denies it, error 72 (no such listener).
  kUnknown,
};

struct PartitionSnapshot {
  PartitionId id;
  Leadership leadership = Leadership::kUnknown;
  /// Meaningful with kLeader only. Source: Metadata, confirmed by DescribeTopics where it changed.
  BrokerId leader;
  /// In the order of the assignment: the first is the preferred leader.
  std::vector<BrokerId> replicas;
  /// Sorted. On Kafka 4.x empty while the partition is offline, on 3.9 its last member.
  std::vector<BrokerId> isr;
  /// A second broker said the same in this look, or there is no other broker to ask. A change that
  /// is not confirmed is old news for all we know.
  bool confirmed = false;
  /// Of the log's end. Source: ListOffsets latest, answered by the leader.
  std::optional<LeaderEpoch> leader_epoch;
  /// High watermark. Source: ListOffsets latest, read uncommitted.
  std::optional<Offset> latest;
  /// Log start. Source: ListOffsets earliest.
  std::optional<Offset> earliest;
};

enum class Presence : std::uint8_t {
  kPresent,
  /// Two brokers say that there is no such topic (error 3).
  kDeleted,
  /// A broker refuses to describe it (error 29): it may be there or not.
  kUnauthorized,
  /// Not in Metadata, and nobody said why.
  kUnknown,
};

struct TopicSnapshot {
  std::string name;
  Presence presence = Presence::kPresent;
  /// Source: DescribeTopics, asked when a topic is new, looks different, or is due.
  std::optional<TopicId> id;
  /// Sorted by id.
  std::vector<PartitionSnapshot> partitions;
};

struct BrokerSnapshot {
  BrokerId id;
  std::string host;
  std::int32_t port = 0;
  /// Source: DescribeCluster. Empty: none configured, or not asked in this look.
  std::string rack;
};

struct ClusterSnapshot {
  Instant at;
  /// All topics were asked for. In a look at some only, what is not there was not asked for.
  bool covers_all_topics = true;
  /// Brokers that are registered and not fenced, sorted by id; nullopt if two contradict each
  /// other.
  std::optional<std::vector<BrokerSnapshot>> brokers;
  /// Sorted by name. Topics known before and absent from Metadata are here too, with their
  /// presence.
  std::vector<TopicSnapshot> topics;
};

}  // namespace kie::model
