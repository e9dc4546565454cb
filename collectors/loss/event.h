#pragma once

#include "collectors/model/snapshot.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kie::loss {

using model::Instant;

enum class LossEventKind : std::uint8_t {
  /// Committed records are gone.
  kLoss,
  /// A leader from outside the last ISR was elected, and committed records are gone.
  kUncleanElection,
  /// It can no longer be determined whether committed records are gone.
  kLossUnknown,
  /// A late report showed that more of them are gone than an earlier loss event had.
  kLossRevised,
};

/// How it is known that the lost records were committed.
enum class Measure : std::uint8_t {
  /// They were below the high watermark in a snapshot: a lower bound.
  kHighWatermark,
  /// They were acknowledged to producers: exact if all producers report.
  kAcknowledged,
};

/// Whether the election that caused a loss was unclean.
enum class ElectionVerdict : std::uint8_t {
  kUnclean,
  /// The new leader was in the last ISR and its log came back shorter.
  kClean,
  /// The ISR may have shrunk to other brokers between snapshots.
  kUnknown,
};

/// Why a loss cannot be determined.
enum class UnknownReason : std::uint8_t {
  /// The log start was never seen in the old epoch, or has risen to or above where it may have
  /// been cut: retention hides it.
  kLogStart,
  /// The new leader only knows an older epoch, whose end was not read when it ended.
  kUnseenEpoch,
  /// No leader could be asked before too many later epochs had ended.
  kNeverAnswered,
};

struct LossEvent {
  LossEventKind kind = LossEventKind::kLoss;
  std::string topic;
  PartitionId partition;
  /// The epoch that ended, and the newest one.
  LeaderEpoch epoch, new_epoch;
  std::optional<BrokerId> leader_before, leader_after;
  /// The offsets that are gone: [first, end).
  Offset first, end;
  /// More may be gone.
  bool at_least = false;
  Measure measure = Measure::kHighWatermark;
  /// False: acknowledged by the leader alone (acks=1), which is no promise of Kafka.
  bool acks_all = true;
  ElectionVerdict verdict = ElectionVerdict::kUnknown;
  /// Set for kLossUnknown only.
  std::optional<UnknownReason> doubt;
  /// The epoch ended between these snapshots; `to` of the epoch change, not of the answer.
  std::optional<Instant> from;
  Instant to;
};

constexpr std::string_view to_string(LossEventKind kind) {
  switch (kind) {
    case LossEventKind::kLoss:
      return "loss";
    case LossEventKind::kUncleanElection:
      return "unclean_election";
    case LossEventKind::kLossUnknown:
      return "loss_unknown";
    case LossEventKind::kLossRevised:
      return "loss_revised";
  }
  return "unknown";
}

constexpr std::string_view to_string(Measure measure) {
  switch (measure) {
    case Measure::kHighWatermark:
      return "high_watermark";
    case Measure::kAcknowledged:
      return "acknowledged";
  }
  return "unknown";
}

constexpr std::string_view to_string(ElectionVerdict verdict) {
  switch (verdict) {
    case ElectionVerdict::kUnclean:
      return "unclean";
    case ElectionVerdict::kClean:
      return "clean";
    case ElectionVerdict::kUnknown:
      return "unknown";
  }
  return "unknown";
}

constexpr std::string_view to_string(UnknownReason doubt) {
  switch (doubt) {
    case UnknownReason::kLogStart:
      return "log_start";
    case UnknownReason::kUnseenEpoch:
      return "unseen_epoch";
    case UnknownReason::kNeverAnswered:
      return "never_answered";
  }
  return "unknown";
}

/// A text for log and page.
constexpr std::string_view explain(UnknownReason doubt) {
  switch (doubt) {
    case UnknownReason::kLogStart:
      return "retention or DeleteRecords has moved the log start past where the log may have been "
             "truncated";
    case UnknownReason::kUnseenEpoch:
      return "the new leader knows an older epoch only, whose end was never seen";
    case UnknownReason::kNeverAnswered:
      return "no leader could be asked before many more epochs had ended";
  }
  return "unknown";
}

}  // namespace kie::loss
