#include "collectors/quorum/state.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace kie::quorum {
namespace {

using model::QuorumReplica;
using std::chrono::milliseconds;

/// The moment up to which a follower can be caught up, by the clock of the quorum's leader. The
/// leader reports itself among the voters; if it does not, the newest of the others is used.
std::optional<milliseconds> newest(const model::Quorum& quorum) {
  const auto leader = std::ranges::find(quorum.voters, quorum.leader, &QuorumReplica::id);
  if (leader != quorum.voters.end() && leader->last_caught_up) return leader->last_caught_up;
  std::optional<milliseconds> latest;
  for (const auto& voter : quorum.voters) latest = std::max(latest, voter.last_caught_up);
  return latest;
}

/// The end of the metadata log.
std::optional<Offset> log_end(const model::Quorum& quorum) {
  const auto leader = std::ranges::find(quorum.voters, quorum.leader, &QuorumReplica::id);
  return leader == quorum.voters.end() ? std::nullopt : leader->log_end;
}

std::vector<Lag> lags(const model::Quorum& quorum, const std::vector<QuorumReplica>& replicas) {
  const auto time = newest(quorum);
  const auto end = log_end(quorum);
  std::vector<Lag> result;
  result.reserve(replicas.size());
  for (const auto& replica : replicas) {
    auto& lag = result.emplace_back(Lag{.id = replica.id, .records = {}, .time = {}});
    // A follower may have fetched more since the leader's value was read.
    if (end && replica.log_end)
      lag.records = end->value > replica.log_end->value
                        ? static_cast<std::uint64_t>(end->value) -
                              static_cast<std::uint64_t>(replica.log_end->value)
                        : 0;
    if (time && replica.last_caught_up)
      lag.time = std::max(*time - *replica.last_caught_up, milliseconds{0});
  }
  return result;
}

/// Keeps the shortest lag of each id. Since Kafka 3.9 a replica is identified by its directory as
/// well: one with a new disk is listed twice until its old directory is forgotten.
void keep_best_of_each(std::vector<Lag>& lags) {
  const auto order = [](const Lag& lag) {
    return std::tuple{lag.id, lag.time.value_or(milliseconds::max()),
                      lag.records.value_or(std::numeric_limits<std::uint64_t>::max())};
  };
  std::ranges::sort(lags, {}, order);
  const auto rest = std::ranges::unique(lags, {}, &Lag::id);
  lags.erase(rest.begin(), rest.end());
}

}  // namespace

QuorumSummary summarize(const QuorumState& state, Instant now,
                        std::chrono::milliseconds staleness) {
  QuorumSummary summary;
  if (state.is_lost) staleness = std::max<milliseconds>(staleness, kLostLastsAtLeast);
  if (!state.seen || now - *state.seen > staleness) return summary;
  summary.up = !state.is_lost;
  // The numbers are from the same moment: a later answer without them drops them.
  summary.expiry = *state.seen + staleness;
  if (state.is_lost || !state.quorum) return summary;
  const auto& quorum = *state.quorum;
  summary.id = quorum.leader;
  summary.epoch = quorum.epoch;
  summary.voter_count = quorum.voters.size();
  summary.voters = lags(quorum, quorum.voters);
  summary.followers = lags(quorum, quorum.observers);
  summary.followers.insert(summary.followers.end(), summary.voters.begin(), summary.voters.end());
  keep_best_of_each(summary.followers);
  keep_best_of_each(summary.voters);
  return summary;
}

}  // namespace kie::quorum
