#pragma once

#include "collectors/model/ids.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// A poll's snapshot of a cluster: plain values, made by collectors/kafka and by replays of
/// recordings, read by all collectors. What is not known is nullopt, never 0 or -1.
namespace kie::model {

/// Monotonic, so that a step of the wall clock makes nothing stale.
using Instant = std::chrono::steady_clock::time_point;

enum class Leadership : std::uint8_t {
  kLeader,
  /// Metadata's leader -1: the partition is offline.
  kNone,
  /// Not known: brokers contradict each other, or the leader in Metadata denies it.
  kUnknown,
  /// There is a leader, but it has no listener of the name in use, so Metadata does not return its
  /// id (error 72, LISTENER_NOT_FOUND). Replicas and ISR are returned.
  kNoListener,
};

struct PartitionSnapshot {
  PartitionId id;
  Leadership leadership = Leadership::kUnknown;
  /// Set only with kLeader. Source: Metadata, confirmed by a second broker if it changed.
  std::optional<BrokerId> leader;
  /// In the order of the assignment: the first is the preferred leader.
  std::vector<BrokerId> replicas;
  /// Sorted. On Kafka 4.x empty while the partition is offline, on 3.9 its last member.
  std::vector<BrokerId> isr;
  /// A second broker returned the same in this poll, or there is no other broker to ask. A change
  /// that is not confirmed may be outdated.
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
  /// Two brokers, or the only one that answers, return that there is no such topic (error 3).
  kDeleted,
  /// A broker refuses to describe it (error 29): it may exist or not.
  kUnauthorized,
  /// Not in Metadata, and not known why.
  kUnknown,
};

struct TopicSnapshot {
  std::string name;
  Presence presence = Presence::kPresent;
  /// Source: Metadata (KIP-516). A new id counts only if two brokers return it.
  std::optional<TopicId> id;
  /// Sorted by id.
  std::vector<PartitionSnapshot> partitions;
};

struct BrokerSnapshot {
  BrokerId id;
  std::string host;
  std::int32_t port = 0;
  /// Source: Metadata. Empty: none configured.
  std::string rack;
  /// Whether it answered a request of this poll; nullopt: it was not asked.
  std::optional<bool> answered = std::nullopt;
};

/// Whether another broker could confirm what one broker returns.
enum class Confirmation : std::uint8_t {
  /// Another broker answered, or the cluster has one broker only.
  kPossible,
  /// The cluster has other brokers, and none of them could be asked: the answer of the one that
  /// answers counts without confirmation.
  kOneBrokerAnswers,
  /// All brokers that answer advertise one address, so it is not known which one answered.
  kOneAddress,
};

struct ClusterSnapshot {
  Instant at;
  /// All topics were asked for. Otherwise topics that are not here were not asked for.
  bool covers_all_topics = true;
  /// Source: Metadata. Brokers before 0.10.1 have none.
  std::optional<std::string> cluster_id;
  Confirmation confirmation = Confirmation::kPossible;
  /// No topic may be described, so an empty list of topics has no meaning.
  bool topics_refused = false;
  /// Brokers that are registered and not fenced, and have a listener of the name in use. Sorted by
  /// id; nullopt if two brokers contradict each other.
  std::optional<std::vector<BrokerSnapshot>> brokers;
  /// Sorted by name. Topics known before and absent from Metadata are here too, with their
  /// presence.
  std::vector<TopicSnapshot> topics;
};

/// What a second broker must confirm of a snapshot before it counts.
struct Unconfirmed {
  /// Topics that are new, or differ from the known state. Sorted.
  std::vector<std::string> topics;
  /// Known topics that are absent from Metadata. Sorted.
  std::vector<std::string> absent;
};

}  // namespace kie::model
