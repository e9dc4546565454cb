#include "tests/unit/exporter/history/history_fixture.h"

namespace kie::history {
namespace {

using std::chrono::hours;
using testing::Each;
using testing::ElementsAre;
using testing::SizeIs;

class Prune : public HistoryFixture {
 protected:
  std::vector<StoredEvent> events(int count, const std::string& kind, Time to = now()) const {
    std::vector<StoredEvent> all;
    for (int i = 0; i < count; ++i) {
      all.push_back(event(kind, "topic-" + std::to_string(i % 50), i, to));
      all.back().details =
          R"({"before":[1,2,3],"after":[1],"leader":1,"note":")" + std::string(100, 'x') + "\"}";
    }
    return all;
  }
  std::int64_t bytes() const { return static_cast<std::int64_t>(*history->figures().bytes); }
};

TEST_F(Prune, TheFileStaysWithinItsLimitHoweverMuchIsWritten) {
  options.max_bytes = 4 << 20;
  open();
  const std::string row(300, 'x');
  history->commit("c1", {.rows = {.topics = {{"topic", row}}, .state = row}});
  std::int64_t most = 0;
  // 25,000 events of half a KiB with their indexes.
  for (int i = 0; i < 50; ++i) {
    history->commit("c1", {.events = events(500, std::to_string(i))});
    most = std::max(most, bytes());
  }
  EXPECT_LT(most, options.max_bytes * 12 / 10);
  EXPECT_GT(most, options.max_bytes / 2) << "and it makes use of it";
  const auto page = history->events({.limit = 100'000});
  ASSERT_TRUE(page);
  ASSERT_THAT(page->events, SizeIs(testing::Gt(2'500U)));
  EXPECT_EQ(page->events.front().kind, "49");
  for (std::size_t i = 1; i < page->events.size(); ++i)
    ASSERT_LE(std::stoi(page->events[i].kind), std::stoi(page->events[i - 1].kind));
  EXPECT_GE(std::stoi(page->events.back().kind), 25) << "the oldest go first";
  EXPECT_EQ(history->load("c1").cluster_state, row) << "state is never dropped";
  EXPECT_THAT(history->load("c1").rows, ElementsAre(TopicRow{"topic", row}));
}

TEST_F(Prune, AFileAboveItsLimitBecomesSmaller) {
  options.max_bytes = 64 << 20;
  open();
  for (int i = 0; i < 12; ++i) history->commit("c1", {.events = events(1'000, "a")});
  ASSERT_GT(bytes(), 4 << 20);
  options.max_bytes = 2 << 20;
  open();
  int commits = 0;
  for (; bytes() > options.max_bytes * 12 / 10 && commits < 1'000; ++commits)
    history->commit("c1", {.events = events(1, "b")});
  EXPECT_LT(commits, 1'000);
  EXPECT_GT(commits, 5) << "in small steps";
}

TEST_F(Prune, WhatIsTooOldGoes) {
  options.max_age = hours{24};
  open();
  history->commit("c1", {.events = events(3'000, "old", now() - hours{25})});
  history->commit("c1", {.events = events(10, "young", now() - hours{23})});
  for (int i = 0; i < 50; ++i) history->commit("c1", {.rows = {.topics = {{"a", "1"}}}});
  const auto page = history->events({.limit = 10'000});
  ASSERT_TRUE(page);
  EXPECT_THAT(page->events, SizeIs(10));
  EXPECT_THAT(page->events, Each(testing::Field(&StoredEvent::kind, "young")));
}

TEST_F(Prune, NoCommitStallsForIt) {
  options.max_bytes = 64 << 20;
  open();
  for (int i = 0; i < 10; ++i) history->commit("c1", {.events = events(1'000, "a")});
  options.max_bytes = 2 << 20;
  open();
  history->commit("c1", {.events = events(1, "b")});
  // 10,000 are too many, and one commit takes no more than a step.
  EXPECT_GT(history->events({.limit = 100'000})->events.size(), 8'500U);
}

}  // namespace
}  // namespace kie::history
