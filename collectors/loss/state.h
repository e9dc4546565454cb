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

/// What is known of records that were committed and may be gone. Grows with elections, not with the
/// cluster: a partition is here once its leader epoch has grown.
/// Thread: owned by the cluster's poll thread; nothing here is shared.
namespace kie::loss {

using model::Instant;

/// What is below `next` was acknowledged, as a producer reports.
struct Acked {
  Offset next;
  /// When the last of it was.
  Instant at;
};

/// What producers were told in an epoch, or in an older one that nobody saw: by all in-sync
/// replicas, so that it was committed, and by the leader alone, with acks=1.
struct Acknowledged {
  std::optional<Acked> acks_all, acks_one;
};

/// An epoch that was succeeded and whose end in the new leader's log is not known yet.
struct Pending {
  LeaderEpoch epoch;
  /// The newest epoch when that was seen. There may have been others in between.
  LeaderEpoch after;
  /// What is below was committed in it. Source: high watermark (a lower bound).
  Offset committed_end;
  Acknowledged acked;
  /// Log start, as last seen in it; nullopt: never.
  std::optional<Offset> log_start;
  std::optional<BrokerId> leader_before;
  /// Leader of the epoch `after`; nullopt while only the snapshot that first had that epoch named a
  /// leader, which may still be the one before.
  std::optional<BrokerId> leader_after;
  std::vector<BrokerId> last_isr;
  /// A leader that came after was outside of last_isr.
  bool from_outside = false;
  /// It was succeeded between these looks.
  std::optional<Instant> from;
  Instant to;
  /// It was assessed before, and a report came late.
  bool is_late = false;
  /// That its election was unclean was counted then.
  bool election_counted = false;
};

/// Stays for an hour, for late reports.
struct Assessed {
  Pending pending;
  /// What was lost by then and was counted ends there; nullopt: nothing was.
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
  /// The newest epoch known and its leader, which alone may answer.
  LeaderEpoch newest;
  std::optional<BrokerId> leader;
  /// By epoch; kPendingKept at most.
  std::vector<Pending> pending;
  /// Of the last hour, oldest first; kAssessedKept at most.
  std::vector<Assessed> assessed;
  /// In `acked_epoch`, the newest epoch known, which has not ended.
  Acknowledged acked;
  LeaderEpoch acked_epoch;
  /// By epoch; the newest kEndsKept of them. A leader that returns may have records of an old epoch
  /// that were never committed (KIP-279), and its own log does not say so.
  std::vector<KnownEnd> ends;
  /// Offsets of older epochs that the leader of `newest` was found to have.
  std::optional<Offset> inherited_end;
};

inline constexpr std::size_t kEndsKept = 16;
/// Each takes a question of its own, one after the other.
inline constexpr std::size_t kPendingKept = 64;
inline constexpr std::size_t kAssessedKept = 64;

/// What was acknowledged and in which epoch is not known yet.
struct Waiting {
  /// When it was acknowledged, and when it was heard of.
  Instant at, arrived;
  /// Before the look: the epoch, and who led it.
  std::optional<LeaderEpoch> known;
  BrokerId leader;
  int snapshots = 0;
};

/// What one producer said of a segment of a partition: what one broker acknowledged without a
/// break.
struct AckedSegment {
  std::int64_t number = 0;
  std::optional<BrokerId> broker;
  bool acks_all = true;
  Offset next;
  /// The newest epoch in which that can have been; nullopt: it is not known, and nothing is counted
  /// by it.
  std::optional<LeaderEpoch> bound;
  /// Until a look that came after it says who leads.
  std::optional<Waiting> waiting;
};

/// One producer's part in a partition.
struct Reporter {
  /// By number; the newest kSegmentsKept of them.
  std::vector<AckedSegment> segments;
  Instant last_report;
};

inline constexpr std::size_t kSegmentsKept = 4;

struct ReporterKey {
  std::string topic;
  PartitionId partition;
  /// The random id of the producer's reports.
  std::string instance;

  auto operator<=>(const ReporterKey&) const = default;
};

/// Something that became known, for the windows of an hour.
struct TimedCount {
  Instant at;
  std::uint64_t count = 0;
};

struct TopicLoss {
  /// Of the partitions below.
  std::optional<TopicId> id;
  /// Sorted by id.
  std::vector<PartitionLoss> partitions;
  /// Offsets that were known to be committed and are gone (acks="all"), and those that leaders
  /// acknowledged alone (acks="1").
  std::uint64_t lost = 0, lost_by_one = 0;
  std::uint64_t unclean_elections = 0;
  /// Within the last hour, oldest first: offsets lost, unclean elections, assessments that came to
  /// nothing.
  std::vector<TimedCount> recent_lost, recent_lost_by_one, recent_unclean, recent_unknown;
  std::optional<std::chrono::system_clock::time_point> last_loss;
  /// Deleted: forgotten when its hour is over.
  bool is_gone = false;
};

enum class AssessmentResult : std::uint8_t { kNone, kLost, kUnknown };

inline constexpr std::size_t kResults = 3;

struct LossState {
  /// By name. Topics that are not there have lost nothing.
  std::map<std::string, TopicLoss, std::less<>> topics;
  /// By Result.
  std::array<std::uint64_t, kResults> assessments{};
  /// Not kept across a restart, for reports are cumulative. Dropped an hour after the last report.
  std::map<ReporterKey, Reporter> reporters;
};

/// How far "last hour" reaches back.
inline constexpr std::chrono::hours kWindow{1};

/// The sum of what became known within the last hour.
std::uint64_t last_hour(const std::vector<TimedCount>& known, Instant now);

/// Questions that are not answered yet.
std::uint64_t count_pending(const LossState& state);

/// A topic was deleted, or created again: what its partitions had is not theirs any more. What was
/// counted stays, for an hour where nothing comes after it.
void topic_deleted(LossState& state, const std::string& topic);
void topic_recreated(LossState& state, const std::string& topic);

/// A topic that was deleted and exists again, the same one, is not forgotten.
void keep_existing(LossState& state, const std::function<bool(const std::string& topic)>& exists);

/// The leader of a partition in the epoch that is known, and when Metadata last named it.
struct ConfirmedLeader {
  BrokerId id;
  LeaderEpoch epoch;
  Instant seen;
};

/// nullopt: the partition has no leader, or not the one of the epoch that is known.
using ConfirmedLeaderLookup =
    std::function<std::optional<ConfirmedLeader>(const std::string& topic, PartitionId partition)>;

/// A leader epoch may be known before its leader. From here on the new leader is asked where epochs
/// ended, not the one before it.
void update_leaders(LossState& state, const ConfirmedLeaderLookup& find_leader);

/// Drops the topics that are not `wanted` any more.
void forget_unless(LossState& state, const std::function<bool(const std::string& topic)>& wanted);

}  // namespace kie::loss
