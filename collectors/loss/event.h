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
  /// Whether committed records are gone can not be said any more.
  kLossUnknown,
  /// More of them are gone than a loss before said: a report came late.
  kLossRevised,
};

/// How it is known that what is gone was safe.
enum class Measure : std::uint8_t {
  /// It was below the high watermark at a look: a lower bound.
  kHighWatermark,
  /// Producers were told so: exact, as far as all of them report.
  kAcknowledged,
};

/// What is to be said of the election that a loss came with.
enum class ElectionVerdict : std::uint8_t {
  kUnclean,
  /// The new leader was in the last ISR and its log came back shorter.
  kClean,
  /// The ISR may have shrunk to others unseen.
  kUnknown,
};

/// Why a loss can not be told.
enum class UnknownReason : std::uint8_t {
  kNone,
  /// The log start was never seen in the old epoch, or has risen to or above where it may have
  /// been cut: retention hides it.
  kLogStart,
  /// The new leader knows of an older epoch only, whose end was not seen when it ended.
  kUnseenEpoch,
  /// Nobody could be asked while too many epochs ended after it.
  kNeverAnswered,
};

struct LossEvent {
  LossEventKind kind = LossEventKind::kLoss;
  std::string topic;
  PartitionId partition;
  /// The epoch that was succeeded, and the newest one.
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
  UnknownReason doubt = UnknownReason::kNone;
  /// The epoch was succeeded between these looks; `to` of the succession, not of the answer.
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
    case UnknownReason::kNone:
      return "";
    case UnknownReason::kLogStart:
      return "log_start";
    case UnknownReason::kUnseenEpoch:
      return "unseen_epoch";
    case UnknownReason::kNeverAnswered:
      return "never_answered";
  }
  return "";
}

/// For people.
constexpr std::string_view explain(UnknownReason doubt) {
  switch (doubt) {
    case UnknownReason::kNone:
      return "";
    case UnknownReason::kLogStart:
      return "retention or DeleteRecords has moved the log start past where the log may have been "
             "cut";
    case UnknownReason::kUnseenEpoch:
      return "the new leader knows an older epoch only, whose end was never seen";
    case UnknownReason::kNeverAnswered:
      return "nobody could be asked while many more epochs ended";
  }
  return "";
}

}  // namespace kie::loss
