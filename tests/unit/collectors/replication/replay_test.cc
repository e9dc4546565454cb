#include "collectors/replication/advance.h"
#include "tests/unit/collectors/recording.h"

#include <fstream>

namespace kie::replication {
namespace {

using kie::test::json;
using kie::test::kRecordings;
using kie::test::Recording;
using kie::test::recordings;

/// How often each kind of event was seen, by topic-partition; recreations are the topic's.
using Found = std::map<std::string, std::map<ReplicationEventKind, int>>;

class Replay : public testing::TestWithParam<std::string> {
 protected:
  static json expected() {
    std::ifstream file{kRecordings / GetParam() / "expected.json"};
    return json::parse(file).at("expected");
  }

  /// Plays the recording from the start, each look `times` times over.
  void play(int times) {
    state = {};
    found.clear();
    all.clear();
    std::ifstream file{kRecordings / GetParam() / "observations.jsonl"};
    Recording recording;
    for (std::string text; std::getline(file, text);) {
      const auto snapshot = recording.next(json::parse(text));
      for (int i = 0; i < times; ++i)
        for (const auto& event : advance(state, snapshot).events) {
          ++all[event.kind];
          ++found[event.partition ? event.topic + "-" + std::to_string(event.partition->value)
                                  : event.topic][event.kind];
        }
    }
  }

  void expect_what_happened() {
    const auto wanted = expected();
    ASSERT_FALSE(wanted.empty());
    for (const auto& [key, facts] : wanted.items()) {
      SCOPED_TRACE(key);
      auto& events = found[key];
      // A poller of a live cluster sees at least these; every look is in a recording.
      EXPECT_EQ(events[ReplicationEventKind::kIsrShrink], facts.at("shrinks_at_least").get<int>());
      EXPECT_EQ(events[ReplicationEventKind::kLeaderChange], facts.at("leader_changes").get<int>());
      EXPECT_EQ(events[ReplicationEventKind::kOffline] > 0, facts.at("offline_seen").get<bool>());
      const auto topic = key.substr(0, key.rfind('-'));
      EXPECT_EQ(found[topic][ReplicationEventKind::kRecreated],
                facts.at("recreated").get<bool>() ? 1 : 0);
    }
  }

  /// The counters have what the events say, and no more.
  void expect_counters_of_events() {
    std::map<ReplicationEventKind, std::uint64_t> counted;
    for (const auto& topic : state.topics) {
      counted[ReplicationEventKind::kIsrShrink] += topic.history.isr_shrinks;
      counted[ReplicationEventKind::kIsrExpand] += topic.history.isr_expands;
      counted[ReplicationEventKind::kLeaderChange] += topic.history.leader_changes;
      // No recording lasts an hour.
      EXPECT_EQ(topic.history.recent_shrinks.size(), topic.history.isr_shrinks);
    }
    counted[ReplicationEventKind::kRecreated] = state.topic_recreations;
    for (const auto& [kind, count] : counted)
      EXPECT_EQ(count, static_cast<std::uint64_t>(all[kind])) << to_string(kind);
    EXPECT_LE(all[ReplicationEventKind::kOnline], all[ReplicationEventKind::kOffline]);
  }

  ReplicationState state;
  Found found;
  std::map<ReplicationEventKind, int> all;
};

TEST_P(Replay, FindsWhatHappenedAndNothingElse) {
  play(1);
  expect_what_happened();
  expect_counters_of_events();
  const auto once = all;
  // A line holds until the next one, so polls in between find nothing new.
  play(2);
  for (const auto& [kind, count] : all)
    EXPECT_EQ(count, once.contains(kind) ? once.at(kind) : 0) << to_string(kind);
}

INSTANTIATE_TEST_SUITE_P(Recorded, Replay, testing::ValuesIn(recordings()), kie::test::test_name);

// The suite would be empty, and green, without its files.
TEST(ReplayFiles, AreAllThere) { EXPECT_EQ(recordings().size(), 62U); }

}  // namespace
}  // namespace kie::replication
