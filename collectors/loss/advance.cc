#include "collectors/loss/advance.h"

#include "collectors/loss/partitions.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>

namespace kie::loss {
namespace {

using model::EpochAnswer;
using model::EpochEnd;
using model::EpochQuestion;
using model::LeaderEpochChange;

/// Where an epoch ends, as far as an answer tells.
struct Found {
  Offset end;
  /// It may end earlier.
  bool at_most = false;
  UnknownReason doubt = UnknownReason::kNone;
};

Event event_of(EventKind kind, const std::string& topic, const Partition& partition,
               const Pending& pending) {
  Event event;
  event.kind = kind;
  event.topic = topic;
  event.partition = partition.id;
  event.epoch = pending.epoch;
  event.new_epoch = partition.newest;
  event.leader_before = pending.leader_before;
  event.leader_after = partition.leader;
  event.from = pending.from;
  event.to = pending.to;
  return event;
}

void count(State& state, Result result) {
  ++state.assessments.at(static_cast<std::size_t>(result));
}

Event unknown(State& state, const std::string& name, Topic& topic, const Partition& partition,
              const Pending& pending, UnknownReason why, Instant at) {
  count(state, Result::kUnknown);
  topic.recent_unknown.push_back({at, 1});
  auto event = event_of(EventKind::kLossUnknown, name, partition, pending);
  event.doubt = why;
  return event;
}

void begin(State& state, const LeaderEpochChange& succession, Instant at,
           std::vector<Event>& events) {
  auto& topic = topic_of(state, succession.topic, succession.topic_id);
  auto& partition = find_or_add(topic, succession.partition);
  Offset committed_end = succession.committed;
  // The followers learn the high watermark late, and one of them may have led only for a moment.
  if (partition.inherited_end && partition.newest == succession.old_epoch)
    committed_end = std::max(committed_end, *partition.inherited_end);
  partition.inherited_end.reset();
  partition.newest = succession.new_epoch;
  partition.leader = succession.leader;
  Pending pending{.epoch = succession.old_epoch,
                  .after = succession.new_epoch,
                  .committed_end = committed_end,
                  .acked = {},
                  .log_start = succession.log_start,
                  .leader_before = succession.leader_before,
                  .leader_after = {},
                  .last_isr = succession.last_isr,
                  .from_outside = succession.from_outside,
                  .from = succession.from,
                  .to = succession.to,
                  .is_late = false,
                  .election_counted = false};
  if (partition.acked_epoch <= succession.old_epoch) pending.acked = partition.acked;
  partition.acked = {};
  insert(partition, std::move(pending));
  if (partition.pending.size() <= kPendingKept) return;
  events.push_back(unknown(state, succession.topic, topic, partition, partition.pending.front(),
                           UnknownReason::kNeverAnswered, at));
  partition.pending.erase(partition.pending.begin());
}

/// Judges all pending epochs of one partition by one answer.
class Assessment {
 public:
  Assessment(State& state, const std::string& name, Topic& topic, Partition& partition,
             const EpochAnswer& answer, const Input& input, const model::Configs& settings)
      : state_(state),
        name_(name),
        topic_(topic),
        partition_(partition),
        answer_(answer),
        log_start_(answer.log_start.value_or(Offset{0})),
        input_(input),
        settings_(settings),
        seen_ends_(partition.ends) {}

  std::vector<Event> run() {
    auto& all = partition_.pending;
    // Nobody else would have answered.
    for (auto& one : all)
      if (one.after == partition_.newest) one.leader_after = partition_.leader;
    for (std::size_t i = 0; i < all.size();) {
      // One loss shall be told once.
      const auto count = same_end(i);
      assess(i, count);
      i += count;
    }
    partition_.pending.clear();
    // By the same leader, whom a late report has only asked once more.
    partition_.inherited_end = std::max(partition_.inherited_end, carried_);
    return std::move(events_);
  }

 private:
  /// How many epochs from there on ended with one succession and end in one place, because the log
  /// has none of the later ones.
  std::size_t same_end(std::size_t index) const {
    const auto& first = partition_.pending[index];
    std::size_t count = 1;
    while (index + count < partition_.pending.size() &&
           partition_.pending[index + count].after == first.after &&
           answer_.ends[index + count].epoch <= first.epoch)
      ++count;
    return count;
  }

  /// The `count` epochs from there on as one.
  Pending united(std::size_t index, std::size_t count) const {
    auto one = partition_.pending[index];
    for (const auto& other : std::span{partition_.pending}.subspan(index + 1, count - 1)) {
      one.committed_end = std::max(one.committed_end, other.committed_end);
      raise(one.acked.acks_all, other.acked.acks_all);
      raise(one.acked.acks_one, other.acked.acks_one);
      one.is_late |= other.is_late;
      one.election_counted |= other.election_counted;
    }
    return one;
  }

  static void raise(std::optional<Acked>& highest, const std::optional<Acked>& other) {
    if (other && (!highest || highest->next < other->next)) highest = other;
  }

  void assess(std::size_t index, std::size_t count) {
    const auto pending = united(index, count);
    auto found = find_end(pending, answer_.ends[index]);
    // Each offset is charged once, to the oldest epoch that has it.
    const Offset first = std::max({found.end, pending.log_start.value_or(Offset{0}), charged_});
    const auto& acks_all = pending.acked.acks_all;
    const Offset committed_end =
        acks_all ? std::max(pending.committed_end, acks_all->next) : pending.committed_end;
    // A tail that reaches beyond all that was committed hides whatever there was before; one that
    // ends just there is what a partition looks like in which nothing was written since.
    if (first >= committed_end && found.at_most && found.end > committed_end &&
        from_outside_since(index))
      found.doubt = UnknownReason::kUnseenEpoch;
    // The log has been cut since.
    if (found.doubt == UnknownReason::kLogStart && was_whole(pending)) {
      loss::count(state_, Result::kNone);
      return remember(index, count, pending);
    }
    if (found.doubt != UnknownReason::kNone) return doubt(pending, found.doubt);
    keep(answer_.ends[index], pending.epoch);
    // Whoever leads next may have more of it, and this is how much counts. Not of what producers
    // were told, for there may be other records in its place.
    if (!found.at_most)
      carried_ = std::max(carried_.value_or(Offset{0}), std::min(found.end, pending.committed_end));

    const Offset told_first = std::max(first, answer_.ends[index].end);
    const bool is_lost = charge(index, pending, first, told_first, found.at_most);
    loss::count(state_, is_lost ? Result::kLost : Result::kNone);
    remember(index, count, pending);
  }

  /// Whether anything is gone, from `first` on of what was seen as committed, from `told_first` on
  /// of what was acknowledged: in which of the epochs is not known, so that all that the log has of
  /// them may be it.
  bool charge(std::size_t index, const Pending& pending, Offset first, Offset told_first,
              bool at_least) {
    std::optional<Offset> end;
    const auto& [acks_all, acks_one] = pending.acked;
    // What was read as committed, and what producers were told beyond it.
    told_first = std::max(
        {told_first, pending.committed_end, acks_all ? counted(pending.epoch, *acks_all) : first});
    const bool is_told = acks_all && told_first < acks_all->next;
    if (first < pending.committed_end) {
      const bool is_one = is_told && told_first == pending.committed_end;
      end = is_one ? acks_all->next : pending.committed_end;
      lost(index, pending, first, *end, at_least);
    }
    if (is_told && end < acks_all->next) {
      end = acks_all->next;
      lost(index, pending, told_first, *end, at_least);
    }
    if (end) charged_ = *end;
    if (!acks_one) return end.has_value();
    // What the leader alone acknowledged and nobody else had.
    const Offset alone =
        std::max({told_first, end.value_or(first), charged_by_one_,
                  acks_all ? acks_all->next : first, counted(pending.epoch, *acks_one)});
    if (alone >= acks_one->next) return end.has_value();
    charged_by_one_ = acks_one->next;
    lost_alone(index, pending, alone, acks_one->next, at_least);
    return true;
  }

  /// Below which what was acknowledged then has been called lost: it may be the same. Of its own
  /// epoch it is, also where the look began, or the report was sent, a moment before.
  Offset counted(LeaderEpoch epoch, const Acked& acked) const {
    Offset highest{0};
    for (const auto& one : partition_.assessed) {
      const bool is_of_it = one.pending.epoch <= epoch && epoch < one.pending.after;
      if (is_of_it || one.pending.to >= acked.at) highest = std::max(highest, one.counted);
    }
    return highest;
  }

  void lost(std::size_t index, const Pending& pending, Offset first, Offset end, bool at_least) {
    const auto records = static_cast<std::uint64_t>(end.value - first.value);
    topic_.lost += records;
    topic_.recent_lost.push_back({input_.at, records});
    topic_.last_loss = input_.wall;
    auto& event = add(pending.is_late ? EventKind::kLossRevised : EventKind::kLoss, pending);
    event.first = first;
    event.end = end;
    event.at_least = at_least;
    const auto& acks_all = pending.acked.acks_all;
    event.measure =
        acks_all && acks_all->next >= end ? Measure::kAcknowledged : Measure::kHighWatermark;
    event.verdict = verdict(index);
    if (event.verdict == Verdict::kUnclean && !pending.election_counted) unclean(index);
  }

  /// It breaks no promise, and says nothing about the election.
  void lost_alone(std::size_t index, const Pending& pending, Offset first, Offset end,
                  bool at_least) {
    const auto records = static_cast<std::uint64_t>(end.value - first.value);
    topic_.lost_by_one += records;
    topic_.recent_lost_by_one.push_back({input_.at, records});
    topic_.last_loss = input_.wall;
    auto& event = add(pending.is_late ? EventKind::kLossRevised : EventKind::kLoss, pending);
    event.first = first;
    event.end = end;
    event.at_least = at_least;
    event.measure = Measure::kAcknowledged;
    event.acks_all = false;
    const auto election = verdict(index);
    event.verdict = election == Verdict::kUnclean ? Verdict::kUnknown : election;
  }

  /// For reports that come late.
  void remember(std::size_t index, std::size_t count, Pending pending) {
    pending.is_late = true;
    const auto election = from_outside_since(index);
    pending.from_outside = election.has_value();
    pending.election_counted |= election && election == counted_;
    auto& all = partition_.assessed;
    for (std::size_t i = index; i < index + count; ++i) {
      pending.epoch = partition_.pending[i].epoch;
      all.push_back({pending, std::max(charged_, charged_by_one_), input_.at});
    }
    if (all.size() > kAssessedKept)
      all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() - kAssessedKept));
  }

  void doubt(const Pending& pending, UnknownReason why) {
    events_.push_back(unknown(state_, name_, topic_, partition_, pending, why, input_.at));
    carried_.reset();
  }

  Found find_end(const Pending& pending, const EpochEnd& acked) const {
    Found found{.end = acked.end};
    if (acked.epoch < pending.epoch) {
      // The log never had the epoch. What it has of an older one may never have been committed.
      // Where it ended for those who led in the epoch is what counts.
      const auto known = std::ranges::find_if(seen_ends_, [&](const End& one) {
        return one.epoch == acked.epoch && one.in == pending.epoch;
      });
      if (known != seen_ends_.end()) {
        found.end = std::min(found.end, known->end);
      } else {
        // Below what was committed in it there is no tail, unless somebody without it led since.
        const auto same = std::ranges::find(partition_.pending, acked.epoch, &Pending::epoch);
        found.at_most = same == partition_.pending.end() || acked.end > same->committed_end ||
                        is_from_outside(acked.epoch, pending.epoch);
      }
      return found;
    }
    // Of an epoch that is older than all it knows, a log tells where it begins.
    const bool may_be_start = acked.end <= log_start_;
    const bool has_risen = !pending.log_start || acked.end > *pending.log_start;
    if (may_be_start && has_risen) found.doubt = UnknownReason::kLogStart;
    return found;
  }

  /// Whether somebody was elected from outside after the one epoch, up to the other.
  bool is_from_outside(LeaderEpoch after, LeaderEpoch up_to) const {
    return std::ranges::any_of(partition_.pending, [&](const Pending& one) {
      return after <= one.epoch && one.epoch < up_to && one.from_outside;
    });
  }

  /// Whether an earlier answer of this leader tells that nothing of it was gone.
  bool was_whole(const Pending& pending) const {
    Offset most = pending.committed_end;
    for (const auto& acked : {pending.acked.acks_all, pending.acked.acks_one})
      if (acked) most = std::max(most, acked->next);
    return std::ranges::any_of(seen_ends_, [&](const End& one) {
      return one.epoch == pending.epoch && one.in == partition_.newest && one.end >= most;
    });
  }

  /// What the answer says of the leader's own log.
  void keep(const EpochEnd& acked, LeaderEpoch pending) {
    keep(acked.epoch, acked.end);
    if (acked.epoch < pending) {
      // It has nothing of that epoch, and nothing in common with who has.
      keep(pending, acked.end);
      return;
    }
    // What came before the epoch is the same in all logs that have it.
    for (auto& one : partition_.ends)
      if (one.in == pending && one.epoch < pending) one.in = partition_.newest;
  }

  void keep(LeaderEpoch epoch, Offset end) {
    auto& ends = partition_.ends;
    const auto found = std::ranges::lower_bound(ends, epoch, {}, &End::epoch);
    if (found != ends.end() && found->epoch == epoch) {
      *found = {epoch, end, partition_.newest};
    } else {
      ends.insert(found, {epoch, end, partition_.newest});
    }
    if (ends.size() > kEndsKept) ends.erase(ends.begin());
  }

  /// The first election at or after the succession that was won from outside.
  std::optional<std::size_t> from_outside_since(std::size_t index) const {
    const auto rest = std::span{partition_.pending}.subspan(index);
    const auto found = std::ranges::find(rest, true, &Pending::from_outside);
    if (found == rest.end()) return std::nullopt;
    return index + static_cast<std::size_t>(found - rest.begin());
  }

  Verdict verdict(std::size_t index) const {
    if (from_outside_since(index)) return Verdict::kUnclean;
    const auto& pending = partition_.pending[index];
    // Unless it is another one: an epoch may be heard before the name of its leader.
    if (pending.last_isr.size() == 1 &&
        pending.leader_after.value_or(pending.last_isr.front()) == pending.last_isr.front())
      return Verdict::kClean;
    const auto& setting = settings_.of(name_).unclean_leader_election;
    const bool is_forbidden = setting && is_certain(setting->origin) && !setting->value;
    return is_forbidden ? Verdict::kClean : Verdict::kUnknown;
  }

  /// Several epochs may have lost records by the same election.
  void unclean(std::size_t index) {
    const auto election = from_outside_since(index);
    if (!election || election == counted_) return;
    counted_ = election;
    ++topic_.unclean_elections;
    topic_.recent_unclean.push_back({input_.at, 1});
    add(EventKind::kUncleanElection, partition_.pending[*election]).verdict = Verdict::kUnclean;
  }

  Event& add(EventKind kind, const Pending& pending) {
    return events_.emplace_back(event_of(kind, name_, partition_, pending));
  }

  State& state_;
  const std::string& name_;
  Topic& topic_;
  Partition& partition_;
  const EpochAnswer& answer_;
  /// As the answer has it.
  const Offset log_start_;
  const Input& input_;
  const model::Configs& settings_;
  /// Of earlier answers: this one's may count the tail that they are compared with.
  const std::vector<End> seen_ends_;
  Offset charged_{0};
  Offset charged_by_one_{0};
  std::optional<Offset> carried_;
  std::optional<std::size_t> counted_;
  std::vector<Event> events_;
};

bool is_of_another_topic(const Topic& topic, const EpochAnswer& answer) {
  // Brokers before 2.8 have no ids.
  if (!topic.id || *topic.id == TopicId{}) return false;
  return answer.topic_id != topic.id;
}

bool fits(const Partition& partition, const EpochAnswer& answer) {
  if (answer.by != partition.leader || answer.newest != partition.newest) return false;
  return answer.log_start &&
         std::ranges::equal(partition.pending, answer.ends, {}, &Pending::epoch, &EpochEnd::asked);
}

void prune(State& state, Instant at) {
  const auto old = [&](const auto& one) { return one.at <= at - kWindow; };
  for (auto& [name, topic] : state.topics) {
    for (auto* known : {&topic.recent_lost, &topic.recent_lost_by_one, &topic.recent_unclean,
                        &topic.recent_unknown})
      std::erase_if(*known, old);
    for (auto& partition : topic.partitions) std::erase_if(partition.assessed, old);
  }
  std::erase_if(state.topics, [](const auto& entry) {
    const auto& topic = entry.second;
    return topic.is_gone && topic.recent_lost.empty() && topic.recent_lost_by_one.empty() &&
           topic.recent_unclean.empty() && topic.recent_unknown.empty();
  });
}

/// 0: the most suspicious.
std::size_t suspicion(const Partition& partition) {
  if (std::ranges::any_of(partition.pending, &Pending::from_outside)) return 0;
  const bool alone = std::ranges::any_of(
      partition.pending, [](const Pending& one) { return one.last_isr.size() == 1; });
  return alone ? 1 : 2;
}

}  // namespace

std::vector<Event> advance(State& state, const Input& input, const model::Configs& settings) {
  std::vector<Event> events;
  for (const auto& succession : input.successions) begin(state, succession, input.at, events);
  for (const auto& answer : input.answers) {
    const auto topic = state.topics.find(answer.topic);
    if (topic == state.topics.end() || is_of_another_topic(topic->second, answer)) continue;
    auto* partition = find(topic->second, answer.partition);
    if (partition == nullptr || partition->pending.empty() || !fits(*partition, answer)) continue;
    auto found =
        Assessment{state, topic->first, topic->second, *partition, answer, input, settings}.run();
    std::ranges::move(found, std::back_inserter(events));
  }
  prune(state, input.at);
  return events;
}

std::vector<EpochQuestion> questions(const State& state, const IsLeader& leads) {
  std::array<std::vector<EpochQuestion>, 3> by_suspicion;
  for (const auto& [name, topic] : state.topics)
    for (const auto& partition : topic.partitions) {
      if (partition.pending.empty() || !leads(name, partition.id, partition.leader)) continue;
      EpochQuestion question{name, partition.id, partition.leader, partition.newest, {}};
      for (const auto& pending : partition.pending) question.epochs.push_back(pending.epoch);
      by_suspicion.at(suspicion(partition)).push_back(std::move(question));
    }
  std::vector<EpochQuestion> all;
  for (auto& some : by_suspicion) std::ranges::move(some, std::back_inserter(all));
  return all;
}

}  // namespace kie::loss
