#pragma once

#include "collectors/model/snapshot.h"
#include "collectors/replication/event.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The known replication state of a cluster, from all snapshots so far.
/// Thread: the cluster's poll thread alone writes; who holds ClusterState::mutex may read.
namespace kie::replication {

using model::Instant;
using model::Leadership;

/// A replica that was in sync once, or is assumed to have been, and is not now.
struct Missing {
  BrokerId id;
  /// The last high watermark read while it was in sync: it has at least the log up to there.
  /// nullopt: it was never seen in sync.
  std::optional<Offset> has;
};

/// One or more elections whose leader epoch is not known yet.
struct UnresolvedElection {
  /// Before the first of the elections.
  std::vector<BrokerId> last_isr;
  std::optional<BrokerId> leader_before;
  /// One of the new leaders was not in it.
  bool from_outside = false;
  std::optional<Instant> from;
};

struct PartitionState {
  PartitionId id;
  /// The last one that was known; kUnknown until the first. kNoListener: there is a leader, and
  /// Metadata does not return it.
  Leadership leadership = Leadership::kUnknown;
  /// Set only with kLeader.
  std::optional<BrokerId> leader;
  /// The last known leader: also while there is none, or one without a listener.
  std::optional<BrokerId> last_leader;
  std::vector<BrokerId> replicas;
  std::vector<BrokerId> isr;
  /// The last ISR that was not empty. Differs from isr only while offline on Kafka 4.x.
  std::vector<BrokerId> last_isr;
  /// Replicas that an assignment added and that were never in sync: they are not missing yet.
  std::vector<BrokerId> adding;
  /// Established replicas out of the last ISR, the longest missing first.
  std::vector<Missing> missing;
  /// The highest one read.
  std::optional<LeaderEpoch> leader_epoch;
  /// Elections since leader_epoch; nullopt if leader_epoch is that of the present leader.
  std::optional<UnresolvedElection> elected;
  /// The highest high watermark read in leader_epoch. A deposed leader that does not know it yet
  /// returns a lower one.
  std::optional<Offset> committed;
  /// The offset up to which every member of last_isr has the log: the high watermark read before
  /// the request that returned last_isr. A later one may have been committed by a smaller ISR. In
  /// the first snapshot it is the only one there is.
  std::optional<Offset> isr_replicated_up_to;
  std::optional<Offset> latest;
  std::optional<Offset> earliest;
  /// When the row, and when its offsets, were last read and accepted.
  std::optional<Instant> seen;
  std::optional<Instant> offsets_seen;
};

struct Shrink {
  PartitionId partition;
  Instant at;
};

/// Kept when a topic is deleted and created again under the same name.
struct TopicHistory {
  std::uint64_t isr_shrinks = 0;
  std::uint64_t isr_expands = 0;
  std::uint64_t leader_changes = 0;
  /// Of the last hour, oldest first.
  std::vector<Shrink> recent_shrinks;
};

struct TopicState {
  std::string name;
  std::optional<TopicId> id;
  /// When this process first saw the topic with that id; nullopt: not yet.
  std::optional<Instant> since;
  /// When Metadata last listed its partitions, whether or not their leaders are known.
  std::optional<Instant> rows_seen;
  /// Sorted by id.
  std::vector<PartitionState> partitions;
  TopicHistory history;
};

struct DeletedTopic {
  std::optional<TopicId> id;
  TopicHistory history;
  Instant at;
};

/// Whether a listed broker answers this exporter.
struct Reach {
  bool answers = false;
  /// When `answers` last changed.
  Instant since;
  /// When it was last asked.
  Instant asked;
};

struct ReplicationState {
  /// Sorted by id; as of brokers_seen.
  std::vector<model::BrokerSnapshot> brokers;
  std::optional<Instant> brokers_seen;
  /// Of the brokers listed, those that were asked.
  std::map<BrokerId, Reach> reach;
  /// Of the last snapshot of all topics.
  model::Confirmation confirmation = model::Confirmation::kPossible;
  /// Sorted by name.
  std::vector<TopicState> topics;
  /// Remembered for an hour, by name.
  std::map<std::string, DeletedTopic> deleted;
  std::uint64_t topic_recreations = 0;
  /// By LeaderOrigin.
  std::array<std::uint64_t, kLeaderOrigins> elections{};
  /// When the last snapshot of all topics was read; nullopt before the first of this process.
  std::optional<Instant> polled;
  /// No topic may be described, so that an empty list says nothing.
  bool topics_refused = false;
};

/// How long a deleted topic is remembered, and the length of the "last hour" windows.
inline constexpr std::chrono::hours kHistory{1};

/// Shrinks within the last hour of the partition that shrank most often.
std::uint64_t shrinks_last_hour(const TopicHistory& history, Instant now);

/// Drops topics that are no longer `wanted`, deleted ones too.
void forget_unless(ReplicationState& state,
                   const std::function<bool(const std::string& topic)>& wanted);

/// Partitions with a leader that has not reported its epoch yet, so that the end of the epoch
/// before it cannot be asked for: whether committed records are gone is not known.
std::uint64_t count_leaders_without_epoch(const ReplicationState& state);

/// The topic of that name, or nullptr.
const TopicState* find_topic(const ReplicationState& state, const std::string& name);

/// The partition of that id, or nullptr.
const PartitionState* find_partition(const TopicState& topic, PartitionId id);
const PartitionState* find_partition(const ReplicationState& state, const std::string& topic,
                                     PartitionId id);
PartitionState* find_partition(ReplicationState& state, const std::string& topic, PartitionId id);

}  // namespace kie::replication
