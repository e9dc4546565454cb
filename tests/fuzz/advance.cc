#include "collectors/replication/advance.h"

#include "collectors/cluster/health_text.h"
#include "collectors/replication/summary.h"
#include "exporter/exposition/cluster_text.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/input.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A small cluster whose every look is read from the input. What the sources of looks promise
// (sorted, no id twice, an ISR within the replicas) holds; all else may come in any order.
namespace {

using namespace kie;
using fuzz::Input;
using replication::ReplicationEvent;
using replication::ReplicationEventKind;
using replication::ReplicationState;

constexpr std::array<std::string_view, 4> kTopics{"", "a", "b\"\\\n", "c"};
constexpr std::chrono::seconds kStaleness{30};

std::vector<BrokerId> make_replicas(Input& input) {
  std::vector<BrokerId> all;
  for (int id = 0; id < 4; ++id)
    if (input.flag()) all.emplace_back(id);
  if (!all.empty())
    std::rotate(all.begin(), all.begin() + input.below(static_cast<int>(all.size())), all.end());
  return all;
}

model::PartitionSnapshot make_partition(Input& input, int id) {
  model::PartitionSnapshot partition;
  partition.id = PartitionId{id};
  // Mostly led, so that elections are more frequent than offline partitions.
  const auto kind = input.below(8);
  if (kind < 6) partition.leadership = model::Leadership::kLeader;
  if (kind == 6) partition.leadership = model::Leadership::kNone;
  if (kind == 7 && input.flag()) partition.leadership = model::Leadership::kNoListener;
  partition.replicas = make_replicas(input);
  for (const auto replica : partition.replicas)
    if (input.flag()) partition.isr.push_back(replica);
  std::sort(partition.isr.begin(), partition.isr.end());
  partition.leader = BrokerId{input.below(5)};
  partition.confirmed = input.flag();
  if (input.flag()) partition.leader_epoch = LeaderEpoch{input.below(8)};
  if (input.flag()) partition.latest = Offset{input.below(256)};
  if (input.flag()) partition.earliest = Offset{input.below(256)};
  return partition;
}

model::TopicSnapshot make_topic(Input& input, std::string_view name) {
  model::TopicSnapshot topic;
  topic.name = name;
  const auto presence = input.below(16);
  if (presence == 15) topic.presence = model::Presence::kDeleted;
  if (presence == 14) topic.presence = model::Presence::kUnauthorized;
  if (presence == 13) topic.presence = model::Presence::kUnknown;
  if (const auto id = input.below(8); id < 7) topic.id = TopicId{0, id < 4 ? 1 : id - 4};
  if (presence >= 13) return topic;
  for (int id = 0; id < 3; ++id)
    if (input.flag()) topic.partitions.push_back(make_partition(input, id));
  return topic;
}

model::ClusterSnapshot make_look(Input& input, model::Instant at) {
  model::ClusterSnapshot snapshot;
  snapshot.at = at;
  if (input.flag()) {
    snapshot.brokers.emplace();
    for (int id = 0; id < 4; ++id)
      if (input.flag())
        snapshot.brokers->push_back({BrokerId{id}, std::string(1, static_cast<char>(input.byte())),
                                     input.below(256), std::string(input.flag() ? 1 : 0, '\n')});
  }
  for (const auto name : kTopics)
    if (input.flag()) snapshot.topics.push_back(make_topic(input, name));
  return snapshot;
}

template <class Range, class Key>
bool strictly_sorted(const Range& range, Key key) {
  return std::adjacent_find(range.begin(), range.end(), [&](const auto& a, const auto& b) {
           return !(key(a) < key(b));
         }) == range.end();
}

void check_state(const ReplicationState& state) {
  KIE_CHECK(strictly_sorted(state.topics, [](const auto& topic) { return topic.name; }));
  KIE_CHECK(strictly_sorted(state.brokers, [](const auto& broker) { return broker.id; }));
  for (const auto& topic : state.topics) {
    KIE_CHECK(!state.deleted.contains(topic.name));
    KIE_CHECK(
        strictly_sorted(topic.partitions, [](const auto& partition) { return partition.id; }));
    for (const auto& partition : topic.partitions) {
      for (const auto id : partition.adding) {
        const auto has = [&](const auto& ids) {
          return std::find(ids.begin(), ids.end(), id) != ids.end();
        };
        KIE_CHECK(has(partition.replicas) && !has(partition.isr));
      }
      KIE_CHECK(partition.isr.empty() || partition.isr == partition.last_isr);
      KIE_CHECK(!partition.latest || partition.offsets_seen);
    }
  }
}

/// The counters of a topic that is known or remembered.
const replication::TopicHistory* history(const ReplicationState& state, const std::string& name) {
  if (const auto* topic = replication::find_topic(state, name)) return &topic->history;
  const auto found = state.deleted.find(name);
  return found == state.deleted.end() ? nullptr : &found->second.history;
}

void check_never_down(const ReplicationState& before, const ReplicationState& after,
                      const std::vector<ReplicationEvent>& events) {
  KIE_CHECK(after.topic_recreations >= before.topic_recreations);
  for (const auto name : kTopics) {
    const std::string topic{name};
    const auto* was = history(before, topic);
    const auto* is = history(after, topic);
    if (was != nullptr && is != nullptr) {
      KIE_CHECK(is->isr_shrinks >= was->isr_shrinks);
      KIE_CHECK(is->isr_expands >= was->isr_expands);
      KIE_CHECK(is->leader_changes >= was->leader_changes);
    }
    const bool is_another =
        std::any_of(events.begin(), events.end(), [&](const ReplicationEvent& event) {
          return event.kind == ReplicationEventKind::kRecreated && event.topic == topic;
        });
    const auto* known = replication::find_topic(before, topic);
    const auto* now = replication::find_topic(after, topic);
    if (known == nullptr || now == nullptr || is_another) continue;
    for (const auto& partition : known->partitions) {
      const auto* same = replication::find_partition(*now, partition.id);
      KIE_CHECK(same != nullptr);
      KIE_CHECK(same->leader_epoch >= partition.leader_epoch);
      KIE_CHECK(same->seen >= partition.seen);
    }
  }
}

void check_events(const ReplicationState& before, const ReplicationState& after,
                  const std::vector<ReplicationEvent>& events) {
  const auto has_broker = [](const ReplicationState& state, BrokerId id) {
    return std::any_of(state.brokers.begin(), state.brokers.end(),
                       [&](const auto& broker) { return broker.id == id; });
  };
  std::uint64_t shrinks = 0;
  for (const auto& event : events) {
    KIE_CHECK(to_string(event.kind) != "unknown");
    if (event.broker) {
      KIE_CHECK(has_broker(after, *event.broker) ==
                (event.kind == ReplicationEventKind::kBrokerJoined));
      KIE_CHECK(has_broker(before, *event.broker) ==
                (event.kind == ReplicationEventKind::kBrokerLost));
      continue;
    }
    if (event.kind == ReplicationEventKind::kDeleted) {
      KIE_CHECK(replication::find_topic(before, event.topic) != nullptr);
      KIE_CHECK(after.deleted.contains(event.topic));
      continue;
    }
    const auto* topic = replication::find_topic(after, event.topic);
    KIE_CHECK(topic != nullptr);
    if (event.partition)
      KIE_CHECK(replication::find_partition(*topic, *event.partition) != nullptr);
    if (event.kind == ReplicationEventKind::kIsrShrink) {
      ++shrinks;
      KIE_CHECK(!topic->history.recent_shrinks.empty());
    }
  }
  std::uint64_t counted = 0;
  for (const auto& topic : after.topics) {
    const auto* was = history(before, topic.name);
    counted += topic.history.isr_shrinks - (was == nullptr ? 0 : was->isr_shrinks);
  }
  KIE_CHECK(counted == shrinks);
}

void check_doubts(const ReplicationState& state, const model::ClusterSnapshot& snapshot) {
  const auto doubts = replication::find_unconfirmed(state, snapshot);
  const auto self = [](const auto& name) { return name; };
  KIE_CHECK(strictly_sorted(doubts.topics, self) && strictly_sorted(doubts.absent, self));
  const auto in_look = [&](const std::string& name) {
    return std::any_of(snapshot.topics.begin(), snapshot.topics.end(),
                       [&](const auto& topic) { return topic.name == name; });
  };
  for (const auto& name : doubts.topics) KIE_CHECK(in_look(name));
  for (const auto& name : doubts.absent)
    KIE_CHECK(!in_look(name) && replication::find_topic(state, name) != nullptr);
  for (const auto& topic : snapshot.topics)
    if (replication::find_topic(state, topic.name) == nullptr)
      KIE_CHECK(std::binary_search(doubts.topics.begin(), doubts.topics.end(), topic.name));
}

void check_counts(const replication::Counts& counts, std::uint64_t partitions) {
  for (const auto& count : {counts.under_replicated, counts.under_min_isr, counts.at_min_isr,
                            counts.offline, counts.reassigning, counts.last_replica})
    KIE_CHECK(count.value().value_or(0) <= partitions);
}

void check_summary(const ReplicationState& state, const replication::ReplicationSummary& summary) {
  KIE_CHECK(summary.topics.size() == state.topics.size());
  std::uint64_t partitions = 0;
  bool is_whole = true;
  for (std::size_t i = 0; i < summary.topics.size(); ++i) {
    const auto& topic = summary.topics[i];
    KIE_CHECK(!topic.partitions || topic.partitions == state.topics[i].partitions.size());
    KIE_CHECK(!topic.replication_factor || topic.partitions > 0);
    check_counts(topic.counts, topic.partitions.value_or(0));
    partitions += topic.partitions.value_or(0);
    is_whole = is_whole && topic.partitions;
  }
  KIE_CHECK(!summary.partitions || (is_whole && summary.partitions == partitions));
  check_counts(summary.counts, partitions);
  KIE_CHECK(summary.next_expiry.has_value() == summary.last_expiry.has_value());
  KIE_CHECK(summary.next_expiry <= summary.last_expiry);
  std::uint64_t led = 0;
  std::uint64_t up = 0;
  for (const auto& [id, broker] : summary.brokers) {
    KIE_CHECK(!broker.replicas || broker.out_of_sync_replicas <= broker.replicas);
    KIE_CHECK(broker.is_listed || !broker.reach);
    led += broker.leader_partitions.value_or(0);
    up += broker.up == true ? 1 : 0;
  }
  KIE_CHECK(led <= partitions);
  KIE_CHECK(!summary.brokers_up || summary.brokers_up == up);
}

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

/// Takes `{name="value",...}` off `line`, as Prometheus reads it.
void take_labels(std::string_view& line) {
  if (!line.starts_with('{')) return;
  std::set<std::string_view> names;
  do {
    line.remove_prefix(1);
    const auto name = line.substr(0, line.find('='));
    KIE_CHECK(is_name(name) && names.insert(name).second);
    line.remove_prefix(name.size());
    KIE_CHECK(line.starts_with("=\""));
    line.remove_prefix(2);
    while (!line.starts_with('"')) {
      KIE_CHECK(!line.empty());
      if (line.starts_with('\\'))
        KIE_CHECK(line.size() > 1 &&
                  std::string_view{"\\\"n"}.find(line[1]) != std::string_view::npos);
      line.remove_prefix(line.starts_with('\\') ? 2 : 1);
    }
    line.remove_prefix(1);
  } while (line.starts_with(','));
  KIE_CHECK(line.starts_with('}'));
  line.remove_prefix(1);
}

void check_piece(const exposition::Family& family, const exposition::FamilySamples& piece) {
  std::set<std::string_view> seen;
  std::string_view rest = piece.text;
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    KIE_CHECK(end != std::string_view::npos);
    auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    KIE_CHECK(line.starts_with(family.name));
    const auto whole = line;
    line.remove_prefix(family.name.size());
    take_labels(line);
    KIE_CHECK(line.starts_with(' '));
    // The same series twice, and Prometheus refuses the page.
    KIE_CHECK(seen.insert(whole.substr(0, whole.size() - line.size())).second);
    const std::string number{line.substr(1)};
    char* stop = nullptr;
    const double value = std::strtod(number.c_str(), &stop);
    KIE_CHECK(stop == number.c_str() + number.size() && std::isfinite(value));
    const bool may_be_negative = family.id == exposition::FamilyId::kPartitionLeader;
    KIE_CHECK(value >= (may_be_negative ? -1 : 0));
  }
  KIE_CHECK(seen.size() == piece.series);
}

void check_shown(const ReplicationState& state, const model::Configs& settings,
                 const replication::Freshness& freshness, std::string_view name) {
  const auto summary = replication::summarize(state, settings, freshness);
  check_summary(state, summary);
  static exposition::ClusterSamples samples;
  config::ClusterConfig cluster;
  cluster.name = name;
  exposition::render({.config = cluster,
                      .up = true,
                      .replication = state,
                      .summary = summary,
                      .loss = {},
                      .settings = settings,
                      .risks = {},
                      .freshness = freshness},
                     samples);
  for (const auto& family : exposition::families()) check_piece(family, samples[family.id]);
  KIE_CHECK(!describe(state, summary, {}, {}, freshness.now).sentences.empty());
}

model::Configs make_settings(Input& input) {
  model::Configs settings;
  for (const auto name : kTopics)
    if (input.flag())
      settings.topics[std::string(name)].min_insync_replicas = {input.below(5),
                                                                model::ConfigSource::kTopic};
  if (input.flag()) settings.release = model::KafkaRelease{3, 6 + input.below(2)};
  return settings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 512) return 0;  // some forty looks
  Input input{data, size};
  const auto settings = make_settings(input);
  const std::string_view name = input.flag() ? "prod \"1\"" : "";
  model::Instant now{std::chrono::hours{2}};
  ReplicationState state;
  while (!input.empty()) {
    // Some polls are late, and some come after the hour that is remembered.
    static constexpr std::array<int, 4> kSeconds{1, 10, 40, 3601};
    now += std::chrono::seconds{kSeconds.at(static_cast<std::size_t>(input.below(4)))};
    const auto snapshot = make_look(input, now);
    check_doubts(state, snapshot);
    const ReplicationState before = state;
    const auto events = replication::advance(state, snapshot).events;
    check_state(state);
    check_never_down(before, state, events);
    check_events(before, state, events);
    check_shown(state, settings, {now, kStaleness}, name);
    check_shown(state, settings, {now + 2 * kStaleness, kStaleness}, name);
  }
  return 0;
}
