#include "collectors/replication/advance.h"
#include "tests/unit/collectors/replication/looks.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

namespace kie::replication {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

const fs::path kRecordings = fs::path{KIE_SOURCE_DIR} / "tests/fixtures/scenarios";

std::vector<std::string> recordings() {
  std::vector<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator{kRecordings})
    if (entry.path().filename() == "observations.jsonl")
      found.push_back(fs::relative(entry.path().parent_path(), kRecordings).string());
  std::sort(found.begin(), found.end());
  return found;
}

/// Kafka writes its Uuids in base64 for URLs, without padding.
TopicId topic_id(const std::string& text) {
  static const std::string digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::vector<std::uint8_t> bytes;
  unsigned bits = 0;
  unsigned value = 0;
  for (const char c : text) {
    value = (value << 6U) | static_cast<unsigned>(digits.find(c));
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<std::uint8_t>((value >> bits) & 0xFFU));
  }
  const auto half = [&](std::size_t from) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number = (number << 8U) | bytes.at(from + i);
    return static_cast<std::int64_t>(number);
  };
  return {half(0), half(8)};
}

test::Row row_of(const json& line) {
  const auto integer = [&](const char* key) -> std::optional<int> {
    if (line.at(key).is_null()) return std::nullopt;
    return line.at(key).get<int>();
  };
  return {.partition = line.at("partition").get<int>(),
          .leader = integer("leader"),
          .isr = line.at("isr").get<std::vector<int>>(),
          .replicas = line.at("replicas").get<std::vector<int>>(),
          .epoch = integer("leader_epoch"),
          .latest = integer("high"),
          .earliest = integer("low")};
}

/// What was last seen of everything: a look has all partitions in it, a line has one.
class Recording {
 public:
  kafka::ClusterLook next(const json& line) {
    const auto name = line.at("topic").get<std::string>();
    if (line.value("missing", false)) {
      topics_[name] = test::absent(name, kafka::Presence::kDeleted);
    } else {
      const auto id = topic_id(line.at("topic_id").get<std::string>());
      auto& topic = topics_[name];
      if (topic.presence != kafka::Presence::kPresent || topic.id != id)
        topic = test::topic(name, {}, id);
      const auto row = test::look_of(row_of(line));
      const auto found =
          std::lower_bound(topic.partitions.begin(), topic.partitions.end(), row.id,
                           [](const auto& known, PartitionId wanted) { return known.id < wanted; });
      if (found != topic.partitions.end() && found->id == row.id) {
        *found = row;
      } else {
        topic.partitions.insert(found, row);
      }
      brokers_ = line.at("brokers").get<std::vector<int>>();
      std::sort(brokers_.begin(), brokers_.end());
    }
    std::vector<kafka::TopicLook> topics;
    for (const auto& [key, topic] : topics_) topics.push_back(topic);
    return test::cluster(test::at(line.at("t").get<double>()), std::move(topics), brokers_);
  }

 private:
  std::map<std::string, kafka::TopicLook> topics_;
  std::vector<int> brokers_;
};

/// How often each kind of event was seen, by topic-partition; recreations are the topic's.
using Found = std::map<std::string, std::map<EventKind, int>>;

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
      const auto look = recording.next(json::parse(text));
      for (int i = 0; i < times; ++i)
        for (const auto& event : advance(state, look)) {
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
      EXPECT_EQ(events[EventKind::kIsrShrink], facts.at("shrinks_at_least").get<int>());
      EXPECT_EQ(events[EventKind::kLeaderChange], facts.at("leader_changes").get<int>());
      EXPECT_EQ(events[EventKind::kOffline] > 0, facts.at("offline_seen").get<bool>());
      const auto topic = key.substr(0, key.rfind('-'));
      EXPECT_EQ(found[topic][EventKind::kRecreated], facts.at("recreated").get<bool>() ? 1 : 0);
    }
  }

  /// The counters have what the events say, and no more.
  void expect_counters_of_events() {
    std::map<EventKind, std::uint64_t> counted;
    for (const auto& topic : state.topics) {
      counted[EventKind::kIsrShrink] += topic.history.isr_shrinks;
      counted[EventKind::kIsrExpand] += topic.history.isr_expands;
      counted[EventKind::kLeaderChange] += topic.history.leader_changes;
      // No recording lasts an hour.
      EXPECT_EQ(topic.history.recent_shrinks.size(), topic.history.isr_shrinks);
    }
    counted[EventKind::kRecreated] = state.topic_recreations;
    for (const auto& [kind, count] : counted)
      EXPECT_EQ(count, static_cast<std::uint64_t>(all[kind])) << to_string(kind);
    EXPECT_LE(all[EventKind::kOnline], all[EventKind::kOffline]);
  }

  State state;
  Found found;
  std::map<EventKind, int> all;
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

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Recorded, Replay, testing::ValuesIn(recordings()), test_name);

// The suite would be empty, and green, without its files.
TEST(ReplayFiles, AreAllThere) { EXPECT_EQ(recordings().size(), 62U); }

}  // namespace
}  // namespace kie::replication
