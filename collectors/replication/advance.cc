#include "collectors/replication/advance.h"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace kie::replication {
namespace {

using kafka::BrokerLook;
using kafka::ClusterLook;
using kafka::PartitionLook;
using kafka::Presence;
using kafka::TopicLook;
using Brokers = std::vector<BrokerId>;

constexpr TopicId kZeroId{};

bool contains(const Brokers& brokers, BrokerId id) {
  return std::ranges::find(brokers, id) != brokers.end();
}

std::optional<BrokerId> leader_of(Leadership leadership, BrokerId leader) {
  if (leadership == Leadership::kLeader) return leader;
  return std::nullopt;
}

bool differs(const Partition& known, const PartitionLook& look) {
  return known.leadership != look.leadership ||
         (look.leadership == Leadership::kLeader && known.leader != look.leader) ||
         known.isr != look.isr || known.replicas != look.replicas;
}

bool goes_back(const Partition& known, const PartitionLook& look) {
  return known.leader_epoch && look.leader_epoch && *look.leader_epoch < *known.leader_epoch;
}

/// The log's end fell within one epoch: impossible, unless it is another topic's log.
bool log_fell(const Partition& known, const PartitionLook& look) {
  return known.leader_epoch == look.leader_epoch && known.latest && look.latest &&
         *look.latest < *known.latest;
}

void take_offsets(Partition& known, const PartitionLook& look, Instant at) {
  if (look.leader_epoch) {
    known.leader_epoch = look.leader_epoch;
    known.epoch_is_leaders = true;
  }
  if (!look.latest) return;
  known.latest = look.latest;
  known.offsets_seen = at;
  // The epoch of `earliest` is that of the first record and says nothing about who answers, so it
  // counts only beside a `latest` that was believed.
  if (look.earliest) known.earliest = look.earliest;
}

Partition first_seen(PartitionLook&& look, Instant at) {
  Partition known;
  known.id = look.id;
  known.leadership = look.leadership;
  known.leader = look.leader;
  known.last_leader = leader_of(look.leadership, look.leader);
  known.replicas = std::move(look.replicas);
  known.isr = std::move(look.isr);
  known.last_isr = known.isr;
  if (look.leadership != Leadership::kUnknown) known.seen = at;
  take_offsets(known, look, at);
  return known;
}

/// One partition's way from what is known to what was seen.
class PartitionStep {
 public:
  PartitionStep(Topic& topic, Partition& known, PartitionLook&& look, Instant at,
                std::vector<Event>& events)
      : topic_(topic), known_(known), look_(std::move(look)), at_(at), events_(events) {}

  void run() {
    if (look_.leadership == Leadership::kUnknown || goes_back(known_, look_)) return;
    if (known_.leadership == Leadership::kUnknown) {
      become_known();
      return;
    }
    if (differs(known_, look_)) {
      if (!look_.confirmed) return;
      change();
    } else if (known_.epoch_is_leaders && look_.leader_epoch && known_.leader_epoch &&
               *look_.leader_epoch > *known_.leader_epoch) {
      add(EventKind::kEpochChange);
    }
    known_.seen = at_;
    take_offsets(known_, look_, at_);
  }

 private:
  /// The first row that says who leads. Offsets may have been heard before it.
  void become_known() {
    const auto epoch_before = known_.leader_epoch;
    const auto offsets_before = std::tuple{known_.latest, known_.earliest, known_.offsets_seen};
    known_ = first_seen(std::move(look_), at_);
    if (!known_.leader_epoch) known_.leader_epoch = epoch_before;
    if (!known_.latest)
      std::tie(known_.latest, known_.earliest, known_.offsets_seen) = offsets_before;
  }

  void change() {
    // The ISR's change is judged by the replicas as they were.
    if (look_.leadership == Leadership::kLeader) isr_change();
    reassignment();
    if (look_.leadership == Leadership::kLeader) {
      if (known_.leadership == Leadership::kNone) add(EventKind::kOnline);
      if (known_.last_leader && *known_.last_leader != look_.leader) {
        ++topic_.history.leader_changes;
        add(EventKind::kLeaderChange);
      }
      if (known_.leadership == Leadership::kNone || known_.leader != look_.leader)
        known_.epoch_is_leaders = false;
      known_.last_leader = look_.leader;
    } else if (known_.leadership == Leadership::kLeader) {
      add(EventKind::kOffline);
    }
    known_.leadership = look_.leadership;
    known_.leader = look_.leader;
    known_.replicas = std::move(look_.replicas);
    known_.isr = std::move(look_.isr);
    if (!known_.isr.empty()) known_.last_isr = known_.isr;
  }

  void isr_change() {
    // Elected from outside the last ISR, the leader brings an ISR of its own: replaced, neither
    // shrunk nor grown. One that a reassignment just brought is not from outside.
    if (!contains(known_.last_isr, look_.leader) && contains(known_.replicas, look_.leader)) return;
    const bool gone = std::ranges::any_of(known_.last_isr, [&](BrokerId id) {
      return !contains(look_.isr, id) && contains(look_.replicas, id);
    });
    const bool came = std::ranges::any_of(look_.isr, [&](BrokerId id) {
      return !contains(known_.last_isr, id) && contains(known_.replicas, id) &&
             !contains(known_.adding, id);
    });
    if (gone) {
      ++topic_.history.isr_shrinks;
      topic_.history.recent_shrinks.push_back({known_.id, at_});
      add(EventKind::kIsrShrink);
    }
    if (came) {
      ++topic_.history.isr_expands;
      add(EventKind::kIsrExpand);
    }
  }

  void reassignment() {
    Brokers adding;
    for (const auto id : look_.replicas)
      if (!contains(look_.isr, id) &&
          (contains(known_.adding, id) || !contains(known_.replicas, id)))
        adding.push_back(id);
    const bool moved = !std::ranges::is_permutation(known_.replicas, look_.replicas);
    if (!adding.empty() && known_.adding.empty()) {
      add(EventKind::kReassignmentStarted);
    } else if (adding.empty() && (moved || !known_.adding.empty())) {
      add(EventKind::kReassignmentEnded);
    }
    known_.adding = std::move(adding);
  }

  void add(EventKind kind) {
    events_.push_back({.kind = kind,
                       .topic = topic_.name,
                       .partition = known_.id,
                       .broker = std::nullopt,
                       .leader_before = leader_of(known_.leadership, known_.leader),
                       .leader_after = leader_of(look_.leadership, look_.leader),
                       .isr_before = known_.isr,
                       .isr_after = look_.isr});
  }

  Topic& topic_;
  Partition& known_;
  PartitionLook look_;
  Instant at_;
  std::vector<Event>& events_;
};

Event event_of_topic(EventKind kind, std::string topic) {
  Event event;
  event.kind = kind;
  event.topic = std::move(topic);
  return event;
}

/// Merges sorted `look` into sorted `known`: both(k, l), only_known(k), only_look(l).
template <class K, class L, class Less, class Greater, class Both, class OnlyKnown, class OnlyLook>
void merge(K& known, L& look, Less less, Greater greater, Both both, OnlyKnown only_known,
           OnlyLook only_look) {
  auto k = known.begin();
  auto l = look.begin();
  while (k != known.end() || l != look.end()) {
    if (l == look.end() || (k != known.end() && less(*k, *l))) {
      only_known(*k++);
    } else if (k == known.end() || greater(*k, *l)) {
      only_look(*l++);
    } else {
      both(*k++, *l++);
    }
  }
}

class Step {
 public:
  Step(State& state, ClusterLook&& look) : state_(state), look_(std::move(look)), at_(look_.at) {}

  std::vector<Event> run() {
    brokers();
    std::vector<Topic> topics;
    topics.reserve(std::max(state_.topics.size(), look_.topics.size()));
    merge(
        state_.topics, look_.topics,
        [](const Topic& k, const TopicLook& l) { return k.name < l.name; },
        [](const Topic& k, const TopicLook& l) { return l.name < k.name; },
        [&](Topic& k, TopicLook& l) { known_topic(k, l, topics); },
        [&](Topic& k) { topics.push_back(std::move(k)); },
        [&](TopicLook& l) {
          if (l.presence == Presence::kPresent) topics.push_back(new_topic(l));
        });
    state_.topics = std::move(topics);
    forget();
    return std::move(events_);
  }

 private:
  void brokers() {
    if (!look_.brokers) return;
    const auto broker_event = [&](EventKind kind, BrokerId id) {
      Event event;
      event.kind = kind;
      event.broker = id;
      events_.push_back(std::move(event));
    };
    const bool first = !state_.brokers_seen;
    merge(
        state_.brokers, *look_.brokers,
        [](const BrokerLook& k, const BrokerLook& l) { return k.id < l.id; },
        [](const BrokerLook& k, const BrokerLook& l) { return l.id < k.id; },
        [](const BrokerLook&, const BrokerLook&) {},
        [&](const BrokerLook& k) { broker_event(EventKind::kBrokerLost, k.id); },
        [&](const BrokerLook& l) {
          if (!first) broker_event(EventKind::kBrokerJoined, l.id);
        });
    state_.brokers = std::move(*look_.brokers);
    state_.brokers_seen = at_;
  }

  void known_topic(Topic& known, TopicLook& look, std::vector<Topic>& topics) {
    if (look.presence == Presence::kDeleted) {
      events_.push_back(event_of_topic(EventKind::kDeleted, known.name));
      state_.deleted[known.name] = {known.id, std::move(known.history), at_};
      return;
    }
    if (look.presence == Presence::kPresent) {
      if (is_another(known, look)) {
        recreate(known, look);
      } else {
        if (look.id) known.id = look.id;
        partitions(known, look);
      }
    }
    topics.push_back(std::move(known));
  }

  /// A topic of the same name with another id. Brokers before 2.8 have no ids (all zero): there a
  /// lower epoch that two brokers stand for is the only sign.
  static bool is_another(const Topic& known, const TopicLook& look) {
    if (!look.id || !known.id) return false;
    if (*look.id != kZeroId || *known.id != kZeroId) return *look.id != *known.id;
    return std::ranges::any_of(look.partitions, [&](const auto& seen) {
      const auto* partition = find_partition(known, seen.id);
      return partition != nullptr && seen.confirmed && goes_back(*partition, seen);
    });
  }

  void recreate(Topic& known, TopicLook& look) {
    events_.push_back(event_of_topic(EventKind::kRecreated, known.name));
    ++state_.topic_recreations;
    known.id = look.id;
    known.partitions.clear();
    partitions(known, look);
  }

  Topic new_topic(TopicLook& look) {
    Topic topic;
    topic.name = look.name;
    topic.id = look.id;
    if (const auto deleted = state_.deleted.find(look.name); deleted != state_.deleted.end()) {
      topic.history = std::move(deleted->second.history);
      // Until the new id is known, the old one stands, so that the difference is not missed later.
      if (!topic.id) topic.id = deleted->second.id;
      if (deleted->second.id && look.id && deleted->second.id != look.id) {
        events_.push_back(event_of_topic(EventKind::kRecreated, look.name));
        ++state_.topic_recreations;
      }
      state_.deleted.erase(deleted);
    }
    partitions(topic, look);
    return topic;
  }

  void partitions(Topic& topic, TopicLook& look) {
    std::vector<Partition> added;
    merge(
        topic.partitions, look.partitions,
        [](const Partition& k, const PartitionLook& l) { return k.id < l.id; },
        [](const Partition& k, const PartitionLook& l) { return l.id < k.id; },
        [&](Partition& k, PartitionLook& l) {
          PartitionStep{topic, k, std::move(l), at_, events_}.run();
        },
        [](Partition&) {},
        [&](PartitionLook& l) { added.push_back(first_seen(std::move(l), at_)); });
    if (added.empty()) return;
    topic.partitions.insert(topic.partitions.end(), std::make_move_iterator(added.begin()),
                            std::make_move_iterator(added.end()));
    std::ranges::sort(topic.partitions, {}, &Partition::id);
  }

  void forget() {
    const Instant oldest = at_ - kHistory;
    const auto prune = [&](TopicHistory& history) {
      auto& recent = history.recent_shrinks;
      recent.erase(recent.begin(),
                   std::ranges::find_if(recent, [&](const auto& s) { return s.at > oldest; }));
    };
    for (auto& topic : state_.topics) prune(topic.history);
    std::erase_if(state_.deleted, [&](const auto& entry) { return entry.second.at <= oldest; });
  }

  State& state_;
  ClusterLook look_;
  Instant at_;
  std::vector<Event> events_;
};

bool is_doubtful(const Topic& known, const TopicLook& look) {
  if (!known.id) return true;
  return std::ranges::any_of(look.partitions, [&](const auto& seen) {
    const auto* partition = find_partition(known, seen.id);
    return partition == nullptr || differs(*partition, seen) || goes_back(*partition, seen) ||
           log_fell(*partition, seen);
  });
}

}  // namespace

Doubts find_doubts(const State& state, const ClusterLook& look) {
  Doubts doubts;
  merge(
      state.topics, look.topics, [](const Topic& k, const TopicLook& l) { return k.name < l.name; },
      [](const Topic& k, const TopicLook& l) { return l.name < k.name; },
      [&](const Topic& k, const TopicLook& l) {
        if (is_doubtful(k, l)) doubts.topics.push_back(l.name);
      },
      [&](const Topic& k) { doubts.absent.push_back(k.name); },
      [&](const TopicLook& l) { doubts.topics.push_back(l.name); });
  return doubts;
}

std::vector<Event> advance(State& state, ClusterLook look) {
  return Step{state, std::move(look)}.run();
}

}  // namespace kie::replication
