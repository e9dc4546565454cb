#pragma once

#include "collectors/model/controller.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

/// What is known of a cluster's controller, from all polls so far. Source: DescribeQuorum (KIP-595,
/// KIP-836), which brokers forward to the active controller.
/// Thread: owned by the cluster's poll thread; nothing here is shared.
namespace kie::quorum {

using model::Instant;

struct QuorumState {
  /// No controller answered when one was last asked for, and none has since. While it is so,
  /// brokers go on answering Metadata with what they last heard. Outlives a restart.
  bool is_lost = false;
  /// Since when, in this process: the first poll without an answer. Meaningful while is_lost.
  std::optional<Instant> lost_since;
  /// Nobody has been asked yet in this process, or has not answered: brokers may repeat old news.
  bool is_awaited = false;
  /// A controller answers again, since then, and what brokers said before is still out of date.
  std::optional<Instant> back_since;
  /// When it was last known that there is a controller, or that there is none.
  std::optional<Instant> seen;
  /// The last answer in full; nullopt: none yet, or the last answer was a refusal.
  std::optional<model::Quorum> quorum;
  /// The controller that was told last, and its epoch. Outlive a restart.
  std::optional<BrokerId> id;
  std::optional<LeaderEpoch> epoch;
  /// When these were told.
  std::optional<Instant> answered_at;
  /// A lower epoch than the one known, in the answer before.
  std::optional<LeaderEpoch> doubted;
};

/// How far a member of the quorum, or a broker, is behind the active controller.
struct Lag {
  BrokerId id;
  /// Of the metadata log.
  std::optional<std::uint64_t> records;
  std::optional<std::chrono::milliseconds> time;
};

/// What can be said at a moment; whatever is not known is nullopt.
struct QuorumSummary {
  /// Whether there is an active controller.
  std::optional<bool> up;
  std::optional<BrokerId> id;
  std::optional<LeaderEpoch> epoch;
  std::optional<std::uint64_t> voter_count;
  std::vector<Lag> voters;
  /// All that follow the metadata log, voters as well: which of them are brokers is not told.
  std::vector<Lag> followers;
  /// When this goes stale.
  std::optional<Instant> expiry;
};

/// Whether what brokers say in Metadata may be out of date: no controller tells them what changes.
inline bool is_metadata_outdated(const QuorumState& state) {
  return state.is_lost || state.is_awaited || state.back_since;
}

/// A controller that is new gives dead brokers a session timeout (9 s by default) before it fences
/// them. After this time what brokers say counts, also where one of them does not answer.
inline constexpr std::chrono::seconds kFencedWithin{20};

/// It takes seconds to find out once more that no controller answers: where polls are more frequent
/// than that, what was found lasts until the next time, or an alert on it would never fire.
inline constexpr std::chrono::seconds kLostLastsAtLeast{15};

/// `staleness`: for how long an answer is still shown.
QuorumSummary summarize(const QuorumState& state, Instant now, std::chrono::milliseconds staleness);

}  // namespace kie::quorum
