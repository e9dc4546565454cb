#include "collectors/replication/advance.h"

#include "collectors/replication/partition_step.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace kie::replication {
namespace {

using model::BrokerSnapshot;
using model::ClusterSnapshot;
using model::PartitionSnapshot;
using model::Presence;
using model::TopicSnapshot;

constexpr TopicId kZeroId{};

/// The log's end fell within one epoch: impossible, unless it is another topic's log.
bool log_fell(const Partition& known, const PartitionSnapshot& look) {
  return known.leader_epoch == look.leader_epoch && known.latest && look.latest &&
         *look.latest < *known.latest;
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
  Step(State& state, ClusterSnapshot&& look)
      : state_(state), look_(std::move(look)), at_(look_.at) {}

  Changes run() {
    brokers();
    if (look_.covers_all_topics) {
      state_.confirmation = look_.confirmation;
      state_.topics_refused = look_.topics_refused;
    }
    std::vector<Topic> topics;
    topics.reserve(std::max(state_.topics.size(), look_.topics.size()));
    merge(
        state_.topics, look_.topics,
        [](const Topic& k, const TopicSnapshot& l) { return k.name < l.name; },
        [](const Topic& k, const TopicSnapshot& l) { return l.name < k.name; },
        [&](Topic& k, TopicSnapshot& l) { known_topic(k, l, topics); },
        [&](Topic& k) { topics.push_back(std::move(k)); },
        [&](TopicSnapshot& l) {
          if (l.presence == Presence::kPresent) topics.push_back(new_topic(l));
        });
    state_.topics = std::move(topics);
    forget();
    if (look_.covers_all_topics) state_.polled = at_;
    return std::move(changes_);
  }

 private:
  Event& add(EventKind kind) {
    auto& event = changes_.events.emplace_back();
    event.kind = kind;
    event.from = state_.polled;
    event.to = at_;
    return event;
  }

  void brokers() {
    if (!look_.brokers) return;
    const auto broker_event = [&](EventKind kind, BrokerId id) { add(kind).broker = id; };
    const bool first = !state_.brokers_seen;
    merge(
        state_.brokers, *look_.brokers,
        [](const BrokerSnapshot& k, const BrokerSnapshot& l) { return k.id < l.id; },
        [](const BrokerSnapshot& k, const BrokerSnapshot& l) { return l.id < k.id; },
        [](const BrokerSnapshot&, const BrokerSnapshot&) {},
        [&](const BrokerSnapshot& k) { broker_event(EventKind::kBrokerLost, k.id); },
        [&](const BrokerSnapshot& l) {
          if (!first) broker_event(EventKind::kBrokerJoined, l.id);
        });
    state_.brokers = std::move(*look_.brokers);
    state_.brokers_seen = at_;
    reach();
  }

  void reach() {
    std::erase_if(state_.reach, [&](const auto& entry) {
      return !std::ranges::binary_search(state_.brokers, entry.first, {}, &BrokerSnapshot::id);
    });
    for (const auto& broker : state_.brokers) {
      if (!broker.answered) continue;
      const auto found = state_.reach.find(broker.id);
      const bool is_same = found != state_.reach.end() && found->second.answers == *broker.answered;
      state_.reach[broker.id] = {
          .answers = *broker.answered, .since = is_same ? found->second.since : at_, .asked = at_};
    }
  }

  void known_topic(Topic& known, TopicSnapshot& look, std::vector<Topic>& topics) {
    if (look.presence == Presence::kDeleted) {
      add(EventKind::kDeleted).topic = known.name;
      state_.deleted[known.name] = {known.id, std::move(known.history), at_};
      return;
    }
    if (look.presence == Presence::kPresent) {
      if (is_another(known, look)) {
        recreate(known, look);
      } else {
        if (look.id) known.id = look.id;
        if (!known.since) known.since = at_;
        partitions(known, look);
      }
    }
    topics.push_back(std::move(known));
  }

  /// A topic of the same name with another id. Brokers before 2.8 have no ids (all zero): there a
  /// lower epoch that two brokers stand for is the only sign.
  static bool is_another(const Topic& known, const TopicSnapshot& look) {
    if (!look.id || !known.id) return false;
    if (*look.id != kZeroId || *known.id != kZeroId) return *look.id != *known.id;
    return std::ranges::any_of(look.partitions, [&](const auto& seen) {
      const auto* partition = find_partition(known, seen.id);
      return partition != nullptr && seen.confirmed && goes_back(*partition, seen);
    });
  }

  void recreate(Topic& known, TopicSnapshot& look) {
    add(EventKind::kRecreated).topic = known.name;
    ++state_.topic_recreations;
    known.id = look.id;
    known.since = at_;
    known.rows_seen.reset();
    known.partitions.clear();
    partitions(known, look);
  }

  Topic new_topic(TopicSnapshot& look) {
    Topic topic;
    topic.name = look.name;
    topic.id = look.id;
    topic.since = at_;
    if (const auto deleted = state_.deleted.find(look.name); deleted != state_.deleted.end()) {
      topic.history = std::move(deleted->second.history);
      // Until the new id is known, the old one stands, so that the difference is not missed later.
      if (!topic.id) topic.id = deleted->second.id;
      if (deleted->second.id && look.id && deleted->second.id != look.id) {
        add(EventKind::kRecreated).topic = look.name;
        ++state_.topic_recreations;
      }
      state_.deleted.erase(deleted);
    }
    partitions(topic, look);
    return topic;
  }

  void partitions(Topic& topic, TopicSnapshot& look) {
    if (!look.partitions.empty()) topic.rows_seen = at_;
    std::vector<Partition> added;
    merge(
        topic.partitions, look.partitions,
        [](const Partition& k, const PartitionSnapshot& l) { return k.id < l.id; },
        [](const Partition& k, const PartitionSnapshot& l) { return l.id < k.id; },
        [&](Partition& k, PartitionSnapshot& l) {
          PartitionStep{state_, topic, k, std::move(l), at_, changes_}.run();
        },
        [](Partition&) {},
        [&](PartitionSnapshot& l) { added.push_back(first_seen(std::move(l), at_)); });
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
  ClusterSnapshot look_;
  Instant at_;
  Changes changes_;
};

bool is_doubtful(const Topic& known, const TopicSnapshot& look) {
  if (!known.id || (look.id && *look.id != *known.id)) return true;
  return std::ranges::any_of(look.partitions, [&](const auto& seen) {
    const auto* partition = find_partition(known, seen.id);
    return partition == nullptr || differs(*partition, seen) || goes_back(*partition, seen) ||
           epoch_grew(*partition, seen) || log_fell(*partition, seen);
  });
}

}  // namespace

model::Unconfirmed find_unconfirmed(const State& state, const ClusterSnapshot& look) {
  model::Unconfirmed unconfirmed;
  merge(
      state.topics, look.topics,
      [](const Topic& k, const TopicSnapshot& l) { return k.name < l.name; },
      [](const Topic& k, const TopicSnapshot& l) { return l.name < k.name; },
      [&](const Topic& k, const TopicSnapshot& l) {
        if (is_doubtful(k, l)) unconfirmed.topics.push_back(l.name);
      },
      [&](const Topic& k) {
        if (look.covers_all_topics) unconfirmed.absent.push_back(k.name);
      },
      [&](const TopicSnapshot& l) { unconfirmed.topics.push_back(l.name); });
  return unconfirmed;
}

Changes advance(State& state, ClusterSnapshot look) { return Step{state, std::move(look)}.run(); }

void truncate_replica_offsets(State& state, const std::string& topic, PartitionId partition,
                              Offset end) {
  auto* found = find_partition(state, topic, partition);
  if (found == nullptr) return;
  for (auto& one : found->missing)
    if (one.has) one.has = std::min(*one.has, end);
}

}  // namespace kie::replication
