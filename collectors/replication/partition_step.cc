#include "collectors/replication/partition_step.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace kie::replication {
namespace {

using model::PartitionSnapshot;
using Brokers = std::vector<BrokerId>;

bool contains(const Brokers& brokers, std::optional<BrokerId> id) {
  return std::ranges::find(brokers, id) != brokers.end();
}

/// Without topic ids, a topic that was created again may continue the same epoch from offset 0.
bool may_be_another(const TopicState& topic) { return !topic.id || *topic.id == TopicId{}; }

void take_offsets(PartitionState& known, const PartitionSnapshot& snapshot, Instant at,
                  bool may_fall) {
  if (snapshot.leader_epoch) {
    if (known.leader_epoch != snapshot.leader_epoch) known.committed.reset();
    known.leader_epoch = snapshot.leader_epoch;
  }
  if (!snapshot.latest) return;
  known.latest = snapshot.latest;
  known.committed = may_fall ? snapshot.latest : std::max(known.committed, snapshot.latest);
  known.offsets_seen = at;
  // The epoch of `earliest` is that of the first record and does not identify the leader that
  // answered, so it counts only with an accepted `latest`.
  if (snapshot.earliest) known.earliest = snapshot.earliest;
}

/// Only the leader knows offsets and epochs, and a leader without a listener cannot be asked.
void drop_offsets(PartitionSnapshot& snapshot) {
  if (snapshot.leadership != Leadership::kNoListener) return;
  snapshot.leader_epoch.reset();
  snapshot.latest.reset();
  snapshot.earliest.reset();
}

}  // namespace

bool differs(const PartitionState& known, const PartitionSnapshot& snapshot) {
  return known.leadership != snapshot.leadership || known.leader != snapshot.leader ||
         known.isr != snapshot.isr || known.replicas != snapshot.replicas;
}

bool goes_back(const PartitionState& known, const PartitionSnapshot& snapshot) {
  return known.leader_epoch && snapshot.leader_epoch &&
         *snapshot.leader_epoch < *known.leader_epoch;
}

bool epoch_grew(const PartitionState& known, const PartitionSnapshot& snapshot) {
  return known.leader_epoch && snapshot.leader_epoch &&
         *snapshot.leader_epoch > *known.leader_epoch;
}

PartitionState first_seen(PartitionSnapshot&& snapshot, Instant at) {
  drop_offsets(snapshot);
  PartitionState known;
  known.id = snapshot.id;
  known.leadership = snapshot.leadership;
  known.leader = snapshot.leader;
  known.last_leader = snapshot.leader;
  known.replicas = std::move(snapshot.replicas);
  known.isr = std::move(snapshot.isr);
  known.last_isr = known.isr;
  if (!known.last_isr.empty())
    for (const auto id : known.replicas)
      if (!contains(known.last_isr, id)) known.missing.push_back({id, std::nullopt});
  if (snapshot.leadership != Leadership::kUnknown) known.seen = at;
  take_offsets(known, snapshot, at, false);
  known.isr_replicated_up_to = known.committed;
  return known;
}

void PartitionStep::run() {
  drop_offsets(snapshot_);
  if (snapshot_.leadership == Leadership::kUnknown || goes_back(known_, snapshot_)) return;
  if (known_.leadership == Leadership::kUnknown) {
    become_known();
    return;
  }
  const bool has_new_epoch = epoch_grew(known_, snapshot_);
  const bool was_elected = known_.elected.has_value();
  if (differs(known_, snapshot_)) {
    if (!snapshot_.confirmed) return;
    change();
  } else if (has_new_epoch && !known_.elected) {
    add(ReplicationEventKind::kEpochChange);
  }
  if (has_new_epoch) epoch_change();
  // Just after an election, an epoch that is known already comes from the deposed leader, or is the
  // new leader's, which was known before its id.
  if (snapshot_.leader_epoch && (has_new_epoch || was_elected || !known_.leader_epoch))
    known_.elected.reset();
  known_.seen = at_;
  if (!known_.isr.empty() && known_.leadership != Leadership::kNoListener) {
    known_.isr_replicated_up_to = known_.committed;
    // A new leader may have less, and the others may lack what it has not committed yet.
    if (has_new_epoch)
      known_.isr_replicated_up_to = std::min(known_.isr_replicated_up_to, snapshot_.latest);
  }
  take_offsets(known_, snapshot_, at_, may_be_another(topic_));
}

/// Applies the first row with a leader. Offsets may have been read before.
void PartitionStep::become_known() {
  known_.leader = snapshot_.leader;
  if (epoch_grew(known_, snapshot_)) epoch_change();
  const auto epoch_before = known_.leader_epoch;
  const auto offsets_before =
      std::tuple{known_.latest, known_.committed, known_.earliest, known_.offsets_seen};
  known_ = first_seen(std::move(snapshot_), at_);
  if (!known_.leader_epoch) known_.leader_epoch = epoch_before;
  if (!known_.latest)
    std::tie(known_.latest, known_.committed, known_.earliest, known_.offsets_seen) =
        offsets_before;
}

void PartitionStep::change() {
  const bool is_offline = snapshot_.leadership == Leadership::kNone;
  // The ISR change is judged by the old replicas.
  if (!is_offline) isr_change();
  reassignment();
  if (snapshot_.leadership == Leadership::kLeader) {
    election();
  } else if (snapshot_.leadership == Leadership::kNoListener) {
    leader_out_of_sight();
  } else if (known_.leadership != Leadership::kNone) {
    add(ReplicationEventKind::kOffline);
  }
  known_.leadership = snapshot_.leadership;
  known_.leader = snapshot_.leader;
  known_.replicas = std::move(snapshot_.replicas);
  known_.isr = std::move(snapshot_.isr);
  missing();
  if (!known_.isr.empty()) known_.last_isr = known_.isr;
}

bool PartitionStep::is_from_outside() const {
  if (snapshot_.leadership == Leadership::kNoListener)
    // The leader is in the ISR.
    return !snapshot_.isr.empty() && std::ranges::all_of(snapshot_.isr, [&](BrokerId id) {
      return !contains(known_.last_isr, id) && contains(known_.replicas, id);
    });
  // A replica that a reassignment just added is not from outside.
  return !contains(known_.last_isr, snapshot_.leader) &&
         contains(known_.replicas, snapshot_.leader);
}

void PartitionStep::isr_change() {
  // A leader from outside the last ISR brings an ISR of its own: it is replaced, neither shrunk nor
  // expanded.
  if (is_from_outside()) return;
  const bool gone = std::ranges::any_of(known_.last_isr, [&](BrokerId id) {
    return !contains(snapshot_.isr, id) && contains(snapshot_.replicas, id);
  });
  const bool came = std::ranges::any_of(snapshot_.isr, [&](BrokerId id) {
    return !contains(known_.last_isr, id) && contains(known_.replicas, id) &&
           !contains(known_.adding, id);
  });
  if (gone) {
    ++topic_.history.isr_shrinks;
    topic_.history.recent_shrinks.push_back({known_.id, at_});
    add(ReplicationEventKind::kIsrShrink);
  }
  if (came) {
    ++topic_.history.isr_expands;
    add(ReplicationEventKind::kIsrExpand);
  }
}

void PartitionStep::reassignment() {
  Brokers adding;
  for (const auto id : snapshot_.replicas)
    if (!contains(snapshot_.isr, id) &&
        (contains(known_.adding, id) || !contains(known_.replicas, id)))
      adding.push_back(id);
  const bool moved = !std::ranges::is_permutation(known_.replicas, snapshot_.replicas);
  const auto add_move = [&](ReplicationEventKind kind) {
    auto& event = add(kind);
    event.replicas_before = known_.replicas;
    event.replicas_after = snapshot_.replicas;
  };
  if (!adding.empty() && known_.adding.empty()) {
    add_move(ReplicationEventKind::kReassignmentStarted);
  } else if (adding.empty() && (moved || !known_.adding.empty())) {
    add_move(ReplicationEventKind::kReassignmentEnded);
  }
  known_.adding = std::move(adding);
}

LeaderOrigin PartitionStep::leader_origin() const {
  if (!known_.seen || !state_.polled || *known_.seen < *state_.polled || known_.last_isr.empty())
    return LeaderOrigin::kUnknown;
  return is_from_outside() ? LeaderOrigin::kOutsideIsr : LeaderOrigin::kInIsr;
}

void PartitionStep::election() {
  if (known_.leader == snapshot_.leader) return;
  if (known_.leadership == Leadership::kNone) add(ReplicationEventKind::kOnline);
  // The leader in between is not known. Only another leader than the last one proves an election.
  if (known_.leadership == Leadership::kNoListener &&
      (!known_.last_leader || known_.last_leader == snapshot_.leader)) {
    if (epoch_grew(known_, snapshot_)) add(ReplicationEventKind::kEpochChange);
    known_.last_leader = snapshot_.leader;
    return;
  }
  if (known_.last_leader && known_.last_leader != snapshot_.leader) {
    ++topic_.history.leader_changes;
    add(ReplicationEventKind::kLeaderChange);
  }
  const auto where = leader_origin();
  add(ReplicationEventKind::kElection).leader_origin = where;
  ++state_.elections.at(static_cast<std::size_t>(where));
  if (!known_.elected)
    known_.elected = UnresolvedElection{known_.last_isr, known_.last_leader, false, known_.seen};
  // Later leaders replace what the first of them had, too.
  known_.elected->from_outside |= !known_.last_isr.empty() && is_from_outside();
  known_.last_leader = snapshot_.leader;
}

void PartitionStep::leader_out_of_sight() {
  if (known_.leadership == Leadership::kNone) add(ReplicationEventKind::kOnline);
  // Its epoch becomes known with that of a later leader at the earliest, so the state before both
  // is kept.
  if (!known_.elected)
    known_.elected = UnresolvedElection{known_.last_isr, known_.last_leader, false, known_.seen};
  if (known_.last_isr.empty() || !is_from_outside()) return;
  known_.elected->from_outside = true;
  known_.isr_replicated_up_to.reset();
}

/// Keeps `missing` in step with the new row; last_isr is still the old one.
void PartitionStep::missing() {
  const auto& in_sync = known_.isr.empty() ? known_.last_isr : known_.isr;
  const auto is_missing = [&](BrokerId id) {
    return contains(known_.replicas, id) && !contains(in_sync, id) && !contains(known_.adding, id);
  };
  std::erase_if(known_.missing, [&](const Missing& one) { return !is_missing(one.id); });
  for (const auto id : known_.replicas)
    if (is_missing(id) &&
        std::ranges::find(known_.missing, id, &Missing::id) == known_.missing.end())
      known_.missing.push_back(
          {id, contains(known_.last_isr, id) ? known_.isr_replicated_up_to : std::nullopt});
}

void PartitionStep::epoch_change() {
  // None of the others is sure to share what the new leader has not committed yet.
  if (snapshot_.latest)
    for (auto& one : known_.missing)
      if (one.has) one.has = std::min(one.has, snapshot_.latest);
  if (!known_.committed || !known_.leader_epoch || !snapshot_.leader_epoch) return;
  const auto elected = known_.elected.value_or(
      UnresolvedElection{known_.last_isr, known_.last_leader, false, known_.offsets_seen});
  changes_.epoch_changes.push_back({.topic = topic_.name,
                                    .topic_id = topic_.id,
                                    .partition = known_.id,
                                    .old_epoch = *known_.leader_epoch,
                                    .new_epoch = *snapshot_.leader_epoch,
                                    .leader_before = elected.leader_before,
                                    .leader = known_.leader,
                                    .committed = *known_.committed,
                                    .log_start = known_.earliest,
                                    .last_isr = elected.last_isr,
                                    .from_outside = elected.from_outside,
                                    .from = elected.from,
                                    .to = at_});
}

ReplicationEvent& PartitionStep::add(ReplicationEventKind kind) {
  auto& event = changes_.events.emplace_back();
  event.kind = kind;
  event.from = known_.seen;
  event.to = at_;
  event.topic = topic_.name;
  event.partition = known_.id;
  event.leader_before = known_.leader;
  event.leader_after = snapshot_.leader;
  event.is_hidden_before = known_.leadership == Leadership::kNoListener;
  event.is_hidden_after = snapshot_.leadership == Leadership::kNoListener;
  event.isr_before = known_.isr;
  event.isr_after = snapshot_.isr;
  return event;
}

}  // namespace kie::replication
