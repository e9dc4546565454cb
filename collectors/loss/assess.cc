#include "collectors/loss/assess.h"

#include "collectors/loss/charge.h"
#include "collectors/loss/find_end.h"
#include "collectors/loss/make_event.h"
#include "collectors/loss/unite.h"
#include "collectors/loss/verdict.h"
#include "collectors/loss/why_unknown.h"

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <span>

namespace kie::loss {
namespace {

/// What the epochs already assessed with this answer mean for the newer ones.
struct Progress {
  Charged charged;
  /// Below this offset the new leader has what was committed in them.
  std::optional<Offset> inherited_end;
  /// The elections that were counted as unclean. Indices of PartitionLoss::pending.
  std::vector<std::size_t> counted_elections;
  /// By epoch remembered: its election from outside the ISR.
  std::vector<std::optional<std::size_t>> elections;

  bool is_counted(std::optional<std::size_t> election) const {
    return election && std::ranges::find(counted_elections, *election) != counted_elections.end();
  }
};

/// Keeps the epochs for late reports. `epoch`: all of `same_end`, united. `election`:
/// find_outside_election of the first.
void remember(std::vector<Assessed>& assessed, std::span<const Pending> same_end, Pending epoch,
              std::optional<std::size_t> election, Progress& progress, Instant at) {
  epoch.is_late = true;
  epoch.from_outside = election.has_value();
  const auto& [acks_all, acks_one] = progress.charged;
  for (const auto& one : same_end) {
    epoch.epoch = one.epoch;
    progress.elections.push_back(election);
    assessed.push_back({.pending = epoch, .counted = std::max(acks_all, acks_one), .at = at});
  }
  if (assessed.size() > kAssessedKept)
    assessed.erase(assessed.begin(),
                   assessed.begin() + static_cast<std::ptrdiff_t>(assessed.size() - kAssessedKept));
}

/// A late report must not count an election again that a later epoch has counted. `assessed`: ends
/// with the epochs of this answer.
void mark_counted_elections(std::vector<Assessed>& assessed, const Progress& progress) {
  auto remembered = assessed.rbegin();
  for (const auto& election : std::views::reverse(progress.elections)) {
    if (remembered == assessed.rend()) return;
    remembered->pending.election_counted |= progress.is_counted(election);
    ++remembered;
  }
}

}  // namespace

Assessments assess(PartitionLoss& partition, const model::EpochAnswer& answer, Offset log_start,
                   const std::optional<model::Configured<bool>>& unclean_leader_election,
                   Instant at) {
  auto& pending = partition.pending;
  // The broker that answered leads the newest epoch, so its leader is now known.
  for (auto& one : pending)
    if (one.after == partition.newest) one.leader_after = partition.leader;
  // The records of an epoch in this log may include uncommitted ones. Only earlier answers show
  // where the epoch ended.
  const auto ends_before = partition.ends;

  Assessments made;
  Progress progress;
  for (std::size_t index = 0, count = 0; index < pending.size(); index += count) {
    const auto rest = std::span{pending}.subspan(index);
    count = count_same_end(rest, std::span{answer.ends}.subspan(index));
    const auto same_end = rest.first(count);
    const auto epoch = unite(same_end);
    const auto& answered = answer.ends[index];
    const auto election = find_outside_election(pending, index);

    const auto found = find_end(epoch, answered, pending, ends_before);
    const auto why = why_unknown(epoch, found, answered, log_start, election.has_value());
    if (why == UnknownReason::kLogStart && was_whole(epoch, ends_before, partition.newest)) {
      made.results.push_back(AssessmentResult::kNone);
      remember(partition.assessed, same_end, epoch, election, progress, at);
      continue;
    }
    if (why) {
      made.results.push_back(AssessmentResult::kUnknown);
      made.events.push_back(unknown_event(answer.topic, partition, epoch, *why));
      progress.inherited_end.reset();
      continue;
    }
    keep_end(partition.ends, epoch.epoch, answered, partition.newest);
    // The next leader may have more of the epoch; only what this one has is safe. That does not
    // hold for what producers reported: other records may have replaced it.
    if (!found.is_at_most)
      progress.inherited_end =
          std::max(progress.inherited_end, std::optional{std::min(found.end, epoch.committed_end)});

    const auto charges = charge(epoch, found, answered, progress.charged, partition.assessed);
    progress.charged = add_charges(progress.charged, charges);
    made.results.push_back(charges.empty() ? AssessmentResult::kNone : AssessmentResult::kLost);
    const auto judged = verdict(epoch, election.has_value(), unclean_leader_election);
    for (const auto& one : charges) {
      made.events.push_back(
          loss_event(answer.topic, partition, epoch, one, found.is_at_most, judged));
      // Several epochs may have lost records in the same election.
      const bool is_counted = epoch.election_counted || progress.is_counted(election);
      if (!election || !one.acks_all || is_counted) continue;
      made.events.push_back(unclean_election_event(answer.topic, partition, pending[*election]));
      progress.counted_elections.push_back(*election);
    }
    remember(partition.assessed, same_end, epoch, election, progress, at);
  }
  mark_counted_elections(partition.assessed, progress);
  pending.clear();
  // For a late report the same leader is only asked again: earlier results stay.
  partition.inherited_end = std::max(partition.inherited_end, progress.inherited_end);
  return made;
}

}  // namespace kie::loss
