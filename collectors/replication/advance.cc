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

/// The log end fell within one epoch: impossible, unless it is the log of another topic.
bool log_fell(const PartitionState& known, const PartitionSnapshot& snapshot) {
  return known.leader_epoch == snapshot.leader_epoch && known.latest && snapshot.latest &&
         *snapshot.latest < *known.latest;
}

/// Merges sorted `snapshot` into sorted `known`.
template <class K, class L, class Less, class Greater, class Both, class OnlyKnown,
          class OnlySnapshot>
void merge(K& known, L& snapshot, Less less, Greater greater, Both both, OnlyKnown only_known,
           OnlySnapshot only_snapshot) {
  auto k = known.begin();
  auto l = snapshot.begin();
  while (k != known.end() || l != snapshot.end()) {
    if (l == snapshot.end() || (k != known.end() && less(*k, *l))) {
      only_known(*k++);
    } else if (k == known.end() || greater(*k, *l)) {
      only_snapshot(*l++);
    } else {
      both(*k++, *l++);
    }
  }
}

class SnapshotMerge {
 public:
  SnapshotMerge(ReplicationState& state, ClusterSnapshot&& snapshot)
      : state_(state), snapshot_(std::move(snapshot)), at_(snapshot_.at) {}

  Changes run() {
    brokers();
    if (snapshot_.covers_all_topics) {
      state_.confirmation = snapshot_.confirmation;
      state_.topics_refused = snapshot_.topics_refused;
      all_topics();
      forget();
      state_.polled = at_;
    } else {
      some_topics();
    }
    return std::move(changes_);
  }

 private:
  ReplicationEvent& add(ReplicationEventKind kind, const std::optional<Instant>& from) {
    auto& event = changes_.events.emplace_back();
    event.kind = kind;
    event.from = from;
    event.to = at_;
    return event;
  }

  void brokers() {
    if (!snapshot_.brokers) return;
    const auto broker_event = [&](ReplicationEventKind kind, BrokerId id) {
      add(kind, state_.brokers_seen).broker = id;
    };
    const bool first = !state_.brokers_seen;
    merge(
        state_.brokers, *snapshot_.brokers,
        [](const BrokerSnapshot& k, const BrokerSnapshot& l) { return k.id < l.id; },
        [](const BrokerSnapshot& k, const BrokerSnapshot& l) { return l.id < k.id; },
        [](const BrokerSnapshot&, const BrokerSnapshot&) {},
        [&](const BrokerSnapshot& k) { broker_event(ReplicationEventKind::kBrokerLost, k.id); },
        [&](const BrokerSnapshot& l) {
          if (!first) broker_event(ReplicationEventKind::kBrokerJoined, l.id);
        });
    state_.brokers = std::move(*snapshot_.brokers);
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

  void all_topics() {
    std::vector<TopicState> topics;
    topics.reserve(std::max(state_.topics.size(), snapshot_.topics.size()));
    merge(
        state_.topics, snapshot_.topics,
        [](const TopicState& k, const TopicSnapshot& l) { return k.name < l.name; },
        [](const TopicState& k, const TopicSnapshot& l) { return l.name < k.name; },
        [&](TopicState& k, TopicSnapshot& l) {
          if (known_topic(k, l)) topics.push_back(std::move(k));
        },
        [&](TopicState& k) { topics.push_back(std::move(k)); },
        [&](TopicSnapshot& l) {
          if (l.presence == Presence::kPresent) topics.push_back(new_topic(l));
        });
    state_.topics = std::move(topics);
  }

  /// In place: few topics are watched, and they are read every second.
  void some_topics() {
    for (auto& snapshot : snapshot_.topics) {
      const auto place =
          std::ranges::lower_bound(state_.topics, snapshot.name, {}, &TopicState::name);
      if (place != state_.topics.end() && place->name == snapshot.name) {
        if (!known_topic(*place, snapshot)) state_.topics.erase(place);
      } else if (snapshot.presence == Presence::kPresent) {
        state_.topics.insert(place, new_topic(snapshot));
      }
    }
  }

  /// False: it is no more.
  bool known_topic(TopicState& known, TopicSnapshot& snapshot) {
    if (snapshot.presence == Presence::kDeleted) {
      add(ReplicationEventKind::kDeleted, known.rows_seen).topic = known.name;
      state_.deleted[known.name] = {known.id, std::move(known.history), at_};
      return false;
    }
    if (snapshot.presence == Presence::kPresent) {
      if (is_another(known, snapshot)) {
        recreate(known, snapshot);
      } else {
        // A broker of an older release returns zero for a topic that has an id.
        if (snapshot.id && !(known.id && *snapshot.id == kZeroId)) known.id = snapshot.id;
        if (!known.since) known.since = at_;
        partitions(known, snapshot);
      }
    }
    return true;
  }

  /// A topic of the same name with another id. Brokers before 2.8 have no ids (all zero), and
  /// topics get theirs with an upgrade: there the only sign is a lower epoch that two brokers
  /// report.
  static bool is_another(const TopicState& known, const TopicSnapshot& snapshot) {
    if (!snapshot.id || !known.id) return false;
    if (*snapshot.id != kZeroId && *known.id != kZeroId) return *snapshot.id != *known.id;
    return std::ranges::any_of(snapshot.partitions, [&](const auto& seen) {
      const auto* partition = find_partition(known, seen.id);
      return partition != nullptr && seen.confirmed && goes_back(*partition, seen);
    });
  }

  void recreate(TopicState& known, TopicSnapshot& snapshot) {
    add(ReplicationEventKind::kRecreated, known.rows_seen).topic = known.name;
    ++state_.topic_recreations;
    known.id = snapshot.id;
    known.since = at_;
    known.rows_seen.reset();
    known.partitions.clear();
    partitions(known, snapshot);
  }

  TopicState new_topic(TopicSnapshot& snapshot) {
    TopicState topic;
    topic.name = snapshot.name;
    topic.id = snapshot.id;
    topic.since = at_;
    if (const auto deleted = state_.deleted.find(snapshot.name); deleted != state_.deleted.end()) {
      topic.history = std::move(deleted->second.history);
      // The old id is kept until the new one is known, so that the difference is seen then.
      if (!topic.id) topic.id = deleted->second.id;
      if (deleted->second.id && snapshot.id && deleted->second.id != snapshot.id) {
        add(ReplicationEventKind::kRecreated, state_.polled).topic = snapshot.name;
        ++state_.topic_recreations;
      }
      state_.deleted.erase(deleted);
    }
    partitions(topic, snapshot);
    return topic;
  }

  void partitions(TopicState& topic, TopicSnapshot& snapshot) {
    if (!snapshot.partitions.empty()) topic.rows_seen = at_;
    std::vector<PartitionState> added;
    merge(
        topic.partitions, snapshot.partitions,
        [](const PartitionState& k, const PartitionSnapshot& l) { return k.id < l.id; },
        [](const PartitionState& k, const PartitionSnapshot& l) { return l.id < k.id; },
        [&](PartitionState& k, PartitionSnapshot& l) {
          PartitionStep{state_, topic, k, std::move(l), at_, changes_}.run();
        },
        [](PartitionState&) {},
        [&](PartitionSnapshot& l) { added.push_back(first_seen(std::move(l), at_)); });
    if (added.empty()) return;
    topic.partitions.insert(topic.partitions.end(), std::make_move_iterator(added.begin()),
                            std::make_move_iterator(added.end()));
    std::ranges::sort(topic.partitions, {}, &PartitionState::id);
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

  ReplicationState& state_;
  ClusterSnapshot snapshot_;
  Instant at_;
  Changes changes_;
};

bool is_doubtful(const TopicState& known, const TopicSnapshot& snapshot) {
  if (!known.id || (snapshot.id && *snapshot.id != *known.id)) return true;
  return std::ranges::any_of(snapshot.partitions, [&](const auto& seen) {
    const auto* partition = find_partition(known, seen.id);
    return partition == nullptr || differs(*partition, seen) || goes_back(*partition, seen) ||
           epoch_grew(*partition, seen) || log_fell(*partition, seen);
  });
}

}  // namespace

model::Unconfirmed find_unconfirmed(const ReplicationState& state,
                                    const ClusterSnapshot& snapshot) {
  model::Unconfirmed unconfirmed;
  if (!snapshot.covers_all_topics) {
    for (const auto& topic : snapshot.topics)
      if (const auto* known = find_topic(state, topic.name);
          known == nullptr || is_doubtful(*known, topic))
        unconfirmed.topics.push_back(topic.name);
    return unconfirmed;
  }
  merge(
      state.topics, snapshot.topics,
      [](const TopicState& k, const TopicSnapshot& l) { return k.name < l.name; },
      [](const TopicState& k, const TopicSnapshot& l) { return l.name < k.name; },
      [&](const TopicState& k, const TopicSnapshot& l) {
        if (is_doubtful(k, l)) unconfirmed.topics.push_back(l.name);
      },
      [&](const TopicState& k) { unconfirmed.absent.push_back(k.name); },
      [&](const TopicSnapshot& l) { unconfirmed.topics.push_back(l.name); });
  return unconfirmed;
}

Changes advance(ReplicationState& state, ClusterSnapshot snapshot) {
  return SnapshotMerge{state, std::move(snapshot)}.run();
}

void truncate_replica_offsets(ReplicationState& state, const std::string& topic,
                              PartitionId partition, Offset end) {
  auto* found = find_partition(state, topic, partition);
  if (found == nullptr) return;
  for (auto& one : found->missing)
    if (one.has) one.has = std::min(*one.has, end);
}

}  // namespace kie::replication
