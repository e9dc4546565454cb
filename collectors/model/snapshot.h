#pragma once

#include "collectors/model/ids.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What a poll saw of a cluster: plain values, made by collectors/kafka and by replays of
/// recordings, read by all collectors. Whatever nobody said is nullopt, never 0 or -1.
namespace kie::model {

/// Monotonic, so that a step of the wall clock makes nothing stale.
using Instant = std::chrono::steady_clock::time_point;

enum class Leadership : std::uint8_t {
  kLeader,
  /// Metadata's leader -1: the partition is offline.
  kNone,
  /// Not known: brokers contradict each other, or the leader that Metadata names denies it.
  kUnknown,
  /// There is a leader, but it has no listener of the name in use, and Metadata does not say who it
  /// is (error 72, LISTENER_NOT_FOUND). Replicas and ISR are told all the same.
  kNoListener,
};

struct PartitionSnapshot {
  PartitionId id;
  Leadership leadership = Leadership::kUnknown;
  /// Set with kLeader, and only then. Source: Metadata, confirmed by a second broker where it
  /// changed.
  std::optional<BrokerId> leader;
  /// In the order of the assignment: the first is the preferred leader.
  std::vector<BrokerId> replicas;
  /// Sorted. On Kafka 4.x empty while the partition is offline, on 3.9 its last member.
  std::vector<BrokerId> isr;
  /// A second broker said the same in this poll, or there is no other broker to ask. A change that
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
  /// Two brokers say that there is no such topic (error 3), or the only one that answers does.
  kDeleted,
  /// A broker refuses to describe it (error 29): it may be there or not.
  kUnauthorized,
  /// Not in Metadata, and nobody said why.
  kUnknown,
};

struct TopicSnapshot {
  std::string name;
  Presence presence = Presence::kPresent;
  /// Source: Metadata (KIP-516). Another id than the one known counts only if two brokers name it.
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

/// Whether what one broker says could be held against another one's word.
enum class Confirmation : std::uint8_t {
  /// Another broker answered, or the cluster has one broker only.
  kPossible,
  /// The cluster has other brokers, and none of them could be asked: the word of the one that
  /// answers counts, and nobody confirms it.
  kOneBrokerAnswers,
  /// All brokers that answer advertise one address, so that nobody can tell which one answered.
  kOneAddress,
};

struct ClusterSnapshot {
  Instant at;
  /// All topics were asked for. In a snapshot of some only, what is not there was not asked for.
  bool covers_all_topics = true;
  /// Source: Metadata. Brokers before 0.10.1 have none.
  std::optional<std::string> cluster_id;
  Confirmation confirmation = Confirmation::kPossible;
  /// No topic may be described, so that an empty list of topics says nothing.
  bool topics_refused = false;
  /// Brokers that are registered and not fenced, and have a listener of the name in use. Sorted by
  /// id; nullopt if two brokers contradict each other.
  std::optional<std::vector<BrokerSnapshot>> brokers;
  /// Sorted by name. Topics known before and absent from Metadata are here too, with their
  /// presence.
  std::vector<TopicSnapshot> topics;
};

/// What of a snapshot must be heard from a second broker before it counts.
struct Unconfirmed {
  /// Topics that are new, or look different from what is known. Sorted.
  std::vector<std::string> topics;
  /// Topics that are known, and absent from Metadata. Sorted.
  std::vector<std::string> absent;
};

}  // namespace kie::model
