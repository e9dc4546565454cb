#pragma once

#include "collectors/model/controller.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

/// The state of a cluster's controller, from all polls so far. Source: DescribeQuorum (KIP-595,
/// KIP-836), which brokers forward to the active controller.
/// Thread: the cluster's poll thread alone writes; who holds ClusterState::mutex may read.
namespace kie::quorum {

using model::Instant;

struct QuorumState {
  /// No controller answered the last request, and none has since. Meanwhile brokers answer Metadata
  /// with what they last received. Survives a restart.
  bool is_lost = false;
  /// Since when, in this process: the first poll without an answer. Meaningful while is_lost.
  std::optional<Instant> lost_since;
  /// In this process nothing has been known of the controller yet: Metadata may be outdated. Ends
  /// with the first answer, or after some questions without one: some platforms never answer.
  bool is_awaited = false;
  /// Questions that ended without saying whether there is a controller, while it is awaited.
  int unanswered = 0;
  /// The brokers do not have the request: a cluster under ZooKeeper, or a platform without it.
  bool is_unsupported = false;
  /// When a controller answered again; Metadata may still be outdated. nullopt: it is not.
  std::optional<Instant> back_since;
  /// When it was last known that there is a controller, or that there is none.
  std::optional<Instant> seen;
  /// The last answer in full; nullopt: none yet, or no controller has answered since, or only with
  /// a refusal.
  std::optional<model::Quorum> quorum;
  /// The last known controller and its epoch. Survive a restart.
  std::optional<BrokerId> id;
  std::optional<LeaderEpoch> epoch;
  /// When these were read.
  std::optional<Instant> answered_at;
  /// A lower epoch than the known one, in the answer before.
  std::optional<LeaderEpoch> doubted;
};

/// How far a member of the quorum, or a broker, is behind the active controller.
struct Lag {
  BrokerId id;
  /// Of the metadata log.
  std::optional<std::uint64_t> records;
  std::optional<std::chrono::milliseconds> time;
};

/// The state at a moment; what is not known is nullopt.
struct QuorumSummary {
  /// Whether there is an active controller.
  std::optional<bool> up;
  std::optional<BrokerId> id;
  std::optional<LeaderEpoch> epoch;
  std::optional<std::uint64_t> voter_count;
  std::vector<Lag> voters;
  /// All that follow the metadata log, voters too. Kafka does not say which of them are brokers.
  std::vector<Lag> followers;
  /// When this goes stale.
  std::optional<Instant> expiry;
};

/// Whether Metadata may be out of date, because no controller sends brokers what changes.
inline bool is_metadata_outdated(const QuorumState& state) {
  return state.is_lost || state.is_awaited || state.back_since;
}

/// A new controller gives dead brokers a session timeout (9 s by default) before it fences them.
/// After this time Metadata counts, also if a listed broker does not answer.
inline constexpr std::chrono::seconds kFencedWithin{20};

/// It takes seconds to find out again that no controller answers. If polls are more frequent, the
/// result is kept until the next one, or an alert on it would never fire.
inline constexpr std::chrono::seconds kLostLastsAtLeast{15};

/// `staleness`: for how long an answer is still shown.
QuorumSummary summarize(const QuorumState& state, Instant now, std::chrono::milliseconds staleness);

}  // namespace kie::quorum
