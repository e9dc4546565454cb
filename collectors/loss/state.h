#pragma once

#include "collectors/model/snapshot.h"

#include <array>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What is known of records that were committed and may be gone. A partition is here once its
/// leader epoch has grown, or a producer has reported acknowledged offsets.
/// Thread: the cluster's poll thread alone writes; who holds ClusterState::mutex may read.
namespace kie::loss {

using model::Instant;

/// A producer reports that all offsets below `next` were acknowledged.
struct Acked {
  Offset next;
  /// When the last of them was acknowledged.
  Instant at;
};

/// What was acknowledged to producers in an epoch, or in an older one that no snapshot showed: by
/// all in-sync replicas, so that it was committed, and by the leader alone, with acks=1.
struct Acknowledged {
  std::optional<Acked> acks_all, acks_one;
};

/// Acknowledged offsets, with the newest epoch to which they can belong.
struct AckedInEpoch {
  LeaderEpoch epoch;
  Acknowledged acked;
};

/// An ended epoch whose end in the new leader's log is not known yet.
struct Pending {
  LeaderEpoch epoch;
  /// The newest epoch when the change was seen. There may have been others in between.
  LeaderEpoch after;
  /// Offsets below this were committed in it. Source: high watermark (a lower bound).
  Offset committed_end;
  Acknowledged acked;
  /// The last log start read in it; nullopt: none was read.
  std::optional<Offset> log_start;
  std::optional<BrokerId> leader_before;
  /// Leader of the epoch `after`; nullopt while only the snapshot that first had that epoch named a
  /// leader, which may still be the one before.
  std::optional<BrokerId> leader_after;
  std::vector<BrokerId> last_isr;
  /// A later leader was not in last_isr.
  bool from_outside = false;
  /// It ended between these snapshots.
  std::optional<Instant> from;
  Instant to;
  /// Assessed before, and reopened by a late report.
  bool is_late = false;
  /// Its election was then counted as unclean.
  bool election_counted = false;
};

/// Kept for an hour, for late reports.
struct Assessed {
  Pending pending;
  /// The end of the loss that was counted then; nullopt: no loss was.
  std::optional<Offset> counted;
  Instant at;
};

/// Where an epoch ends in the log of the leader of `in`.
struct KnownEnd {
  LeaderEpoch epoch;
  Offset end;
  LeaderEpoch in;
};

struct PartitionLoss {
  PartitionId id;
  /// The newest known epoch and its leader: no other broker's answer counts.
  LeaderEpoch newest;
  std::optional<BrokerId> leader;
  /// By epoch; kPendingKept at most.
  std::vector<Pending> pending;
  /// Of the last hour, oldest first; kAssessedKept at most.
  std::vector<Assessed> assessed;
  /// Of the newest epoch known, which has not ended.
  AckedInEpoch present;
  /// By epoch; the newest kEndsKept of them. A leader that returns may have records of an old epoch
  /// that were never committed (KIP-279), and its own log does not say so.
  std::vector<KnownEnd> ends;
  /// Below this offset the leader of `newest` was found to have the records of older epochs.
  std::optional<Offset> inherited_end;
};

inline constexpr std::size_t kEndsKept = 16;
/// Each takes a request of its own, one after the other.
inline constexpr std::size_t kPendingKept = 64;
inline constexpr std::size_t kAssessedKept = 64;

/// The leader of a partition and its epoch.
struct Leader {
  LeaderEpoch epoch;
  BrokerId id;
};

/// An acknowledgement whose epoch is not known yet.
struct Waiting {
  /// When it was acknowledged, and when the report arrived.
  Instant at, arrived;
  /// The leader known when the report arrived.
  std::optional<Leader> led;
  /// The number of snapshots that it was compared with, and the time of the last.
  int snapshots = 0;
  std::optional<Instant> judged;
};

/// A producer's report for one segment of a partition: offsets that one broker acknowledged without
/// a break.
struct AckedSegment {
  std::int64_t number = 0;
  std::optional<BrokerId> broker;
  bool acks_all = true;
  Offset next;
  /// The newest epoch in which they can have been acknowledged; nullopt: not known, and the segment
  /// counts nothing.
  std::optional<LeaderEpoch> bound;
  /// Set until a later snapshot shows the leader.
  std::optional<Waiting> waiting;
};

/// One producer's reports for a partition.
struct Reporter {
  /// By number; the newest kSegmentsKept of them.
  std::vector<AckedSegment> segments;
  Instant last_report;
};

inline constexpr std::size_t kSegmentsKept = 4;
/// Of all producers and partitions together. Above this number the half that has not reported for
/// longest is forgotten.
inline constexpr std::size_t kReportersKept = 200'000;

struct ReporterKey {
  std::string topic;
  PartitionId partition;
  /// The random id of the producer's reports.
  std::string instance;

  auto operator<=>(const ReporterKey&) const = default;
};

/// A number and when it was found, for the one-hour windows.
struct TimedCount {
  Instant at;
  std::uint64_t count = 0;
};

struct TopicLoss {
  /// Of the partitions below.
  std::optional<TopicId> id;
  /// Sorted by id.
  std::vector<PartitionLoss> partitions;
  /// Offsets that were known to be committed and are gone (acks="all"), and those that only the
  /// leader had acknowledged (acks="1").
  std::uint64_t lost = 0, lost_by_one = 0;
  std::uint64_t unclean_elections = 0;
  /// Within the last hour, oldest first: offsets lost, unclean elections, assessments without a
  /// result.
  std::vector<TimedCount> recent_lost, recent_lost_by_one, recent_unclean, recent_unknown;
  std::optional<std::chrono::system_clock::time_point> last_loss;
  /// When it was deleted, if it was: forgotten an hour after.
  std::optional<Instant> gone_since;
};

enum class AssessmentResult : std::uint8_t { kNone, kLost, kUnknown };

inline constexpr std::size_t kResults = 3;

struct LossState {
  /// By name. Topics that are not here have lost nothing.
  std::map<std::string, TopicLoss, std::less<>> topics;
  /// By Result.
  std::array<std::uint64_t, kResults> assessments{};
  /// Not kept across a restart, as reports are cumulative. Dropped an hour after the last report.
  std::map<ReporterKey, Reporter> reporters;
};

/// The length of the "last hour" windows.
inline constexpr std::chrono::hours kWindow{1};

/// The sum of the counts of the last hour.
std::uint64_t last_hour(const std::vector<TimedCount>& known, Instant now);

/// The number of ended epochs that are not assessed yet.
std::uint64_t count_pending(const LossState& state);

/// Drops the state of the topic's partitions. Counters stay; those of a topic that is not created
/// again, for an hour.
void topic_deleted(LossState& state, const std::string& topic, Instant at);
void topic_recreated(LossState& state, const std::string& topic);

/// Unmarks deleted topics that exist again, so that they are not forgotten.
void keep_existing(LossState& state, const std::function<bool(const std::string& topic)>& exists);

/// The leader of a partition in the known epoch, and when Metadata last returned it.
struct ConfirmedLeader {
  BrokerId id;
  LeaderEpoch epoch;
  Instant seen;
};

/// nullopt: the partition has no leader, or its leader is not that of the known epoch.
using ConfirmedLeaderLookup =
    std::function<std::optional<ConfirmedLeader>(const std::string& topic, PartitionId partition)>;

/// A leader epoch may be known before its leader. Sets the leaders that are known now, so that they
/// are asked where epochs ended, and not the leaders before them.
void update_leaders(LossState& state, const ConfirmedLeaderLookup& find_leader);

/// Drops topics that are no longer `wanted`.
void forget_unless(LossState& state, const std::function<bool(const std::string& topic)>& wanted);

}  // namespace kie::loss
