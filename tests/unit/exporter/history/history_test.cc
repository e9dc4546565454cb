#include "exporter/history/history.h"

#include "tests/unit/exporter/history/history_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

namespace kie::history {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class HistoryTest : public HistoryFixture {};

TEST_F(HistoryTest, StateIsThereAfterARestartToTheByte) {
  const std::string bytes{"\0\xff\x80 '\n", 6};
  open().commit("c1", {.rows = {.topics = {{"orders", bytes}, {"clicks", "2"}}, .state = bytes}});
  open();
  const auto stored = history->load("c1");
  EXPECT_THAT(stored.rows, ElementsAre(TopicRow{"clicks", "2"}, TopicRow{"orders", bytes}));
  EXPECT_EQ(stored.cluster_state, bytes);
}

TEST_F(HistoryTest, ACommitChangesWhatItNamesAndNothingElse) {
  open().commit("c1", {.rows = {.topics = {{"a", "1"}, {"b", "1"}, {"c", "1"}}, .state = "1"}});
  history->commit(
      "c1",
      {.rows = {
           .topics = {{"b", "2"}, {"d", ""}, {"c", std::nullopt}, {"never there", std::nullopt}}}});
  history->commit("c2", {.rows = {.topics = {{"a", "of another"}}}});
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_THAT(history->load("c1").rows,
                ElementsAre(TopicRow{"a", "1"}, TopicRow{"b", "2"}, TopicRow{"d", ""}));
    EXPECT_EQ(history->load("c1").cluster_state, "1");
    EXPECT_THAT(history->load("c2").rows, ElementsAre(TopicRow{"a", "of another"}));
    EXPECT_EQ(history->load("c2").cluster_state, std::nullopt);
    EXPECT_THAT(history->load("c3").rows, IsEmpty());
    open();
  }
}

TEST_F(HistoryTest, AWholeCommitRemovesTheOtherRowsOfItsCluster) {
  open().commit("c1", {.rows = {.topics = {{"a", "1"}, {"b", "1"}}, .state = "kept"}});
  history->commit("c2", {.rows = {.topics = {{"a", "1"}}}});
  history->commit("c1", {.rows = {.whole = true, .topics = {{"b", "2"}}}});
  EXPECT_THAT(history->load("c1").rows, ElementsAre(TopicRow{"b", "2"}));
  EXPECT_EQ(history->load("c1").cluster_state, "kept");
  EXPECT_THAT(history->load("c2").rows, SizeIs(1));
}

TEST_F(HistoryTest, AnEventComesBackAsItWas) {
  auto full = event("loss", "orders", 3, now());
  full.broker = 2;
  full.details = R"({"records": 1000})";
  auto bare = event("broker_lost", "", std::nullopt);
  open().commit("c1", {.events = {full, bare}});
  open();
  const auto page = history->events({});
  ASSERT_TRUE(page);
  ASSERT_THAT(page->events, SizeIs(2));
  EXPECT_EQ(page->next, std::nullopt);
  full.cluster = bare.cluster = "c1";
  full.id = page->events[1].id;
  bare.id = page->events[0].id;
  EXPECT_EQ(page->events[1], full);
  EXPECT_EQ(page->events[0], bare);
  EXPECT_LT(full.id, bare.id);
}

TEST_F(HistoryTest, IdsGrowFromOneRunToTheNext) {
  std::int64_t last = 0;
  for (int run = 0; run < 3; ++run) {
    open();
    history->commit("c1", {.events = {event("a"), event("b")}});
    history->commit("c2", {.events = {event("c")}});
    const auto page = history->events({.limit = 3});
    ASSERT_THAT(page->events, SizeIs(3));
    EXPECT_GT(page->events[2].id, last);
    EXPECT_GT(page->events[1].id, page->events[2].id);
    EXPECT_GT(page->events[0].id, page->events[1].id);
    last = page->events[0].id;
  }
  EXPECT_THAT(texts(), SizeIs(9));
}

TEST_F(HistoryTest, RemembersWhichClusterAnEntryWas) {
  open().remember("c1", "production", "a:1,b:1");
  history->remember("c2", "", "c:1");
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_EQ(history->find("production", "a:1,b:1"), "c1");
    EXPECT_EQ(history->find("", "c:1"), "c2");
    EXPECT_EQ(history->find("production", "other:1"), std::nullopt);
    EXPECT_EQ(history->find("other", "a:1,b:1"), std::nullopt);
    open();
  }
  history->remember("c3", "production", "a:1,b:1");
  EXPECT_EQ(history->find("production", "a:1,b:1"), "c3");
}

TEST_F(HistoryTest, SaysHowLargeTheFileIsAndThatItIsWritten) {
  options.dropped = [](std::size_t) { FAIL() << "nothing waits"; };
  open().commit("c1", {.events = {event("loss"), event("loss"), event("online")}});
  EXPECT_THAT(history->figures().writable, Optional(true));
  EXPECT_THAT(history->figures().bytes, Optional(testing::Gt(4096U)));
}

TEST_F(HistoryTest, InMemoryOnlyThereIsNoFileAndNoComplaint) {
  options.path.clear();
  options.max_unwritten = 3;
  options.dropped = [](std::size_t) { FAIL() << "nothing waits for a file"; };
  const auto log = logged([&] {
    open().commit("c1", {.rows = {.topics = {{"a", "1"}}}, .events = {event("a"), event("b")}});
    history->commit("c1", {.events = {event("c"), event("d")}});
    history->remember("c1", "x", "a:1");
  });
  EXPECT_THAT(log, IsEmpty());
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_THAT(texts(), ElementsAre("d orders", "c orders", "b orders"));
  EXPECT_EQ(history->find("x", "a:1"), "c1");
  EXPECT_THAT(history->load("c1").rows, IsEmpty());
  EXPECT_EQ(history->figures().writable, std::nullopt);
  EXPECT_EQ(history->figures().bytes, std::nullopt);
}

TEST_F(HistoryTest, InMemoryOnlyEventsAgeToo) {
  options.path.clear();
  options.max_age = std::chrono::hours{1};
  open().commit("c1", {.events = {event("old", "a", 0, now() - std::chrono::hours{2}),
                                  event("new", "a", 0, now())}});
  EXPECT_THAT(texts(), ElementsAre("new a"));
}

TEST_F(HistoryTest, ASecondExporterIsToldSo) {
  open().commit("c1", {.events = {event("a")}});
  const auto second = History::open(options);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error(), AllOf(HasSubstr(options.path), HasSubstr("another exporter")));
  std::filesystem::create_symlink(options.path, folder / "link.db");
  auto by_link = options;
  by_link.path = folder / "link.db";
  EXPECT_FALSE(History::open(by_link)) << "the same file by another name";
  history.reset();
  EXPECT_TRUE(History::open(by_link)) << "the first has ended";
  EXPECT_THAT(files(), Contains("history.db.lock"));
}

TEST_F(HistoryTest, AnEndLeavesOneFileThatNeedsNoOther) {
  open().commit("c1", {.events = {event("a")}});
  EXPECT_THAT(files(),
              ElementsAre("history.db", "history.db-shm", "history.db-wal", "history.db.lock"));
  history.reset();
  EXPECT_THAT(files(), ElementsAre("history.db", "history.db.lock"));
}

/// Commits one event and one row after the other, and says each number when it is written.
[[noreturn]] void commit_for_ever(const Options& options, int to) {
  auto history = History::open(options);
  if (!history) _exit(1);
  const auto stored = (*history)->load("c1");
  int number = stored.cluster_state ? std::stoi(*stored.cluster_state) : 0;
  while (true) {
    ++number;
    StoredEvent event{.kind = "n", .topic = std::to_string(number), .details = "{}"};
    event.from = event.to = std::chrono::system_clock::now();
    (*history)->commit("c1", {.rows = {.topics = {{"row", std::to_string(number)}},
                                       .state = std::to_string(number)},
                              .events = {event}});
    if (write(to, &number, sizeof number) != sizeof number) _exit(1);
  }
}

TEST_F(HistoryTest, NothingThatWasCommittedIsLostByAKill) {
  // Small, so that WAL and pruning have their turns.
  options.max_bytes = 4 << 20;
  int last = 0;
  for (int kill_number = 0; kill_number < 50; ++kill_number) {
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    const auto child = fork();
    if (child == 0) commit_for_ever(options, ends[1]);
    close(ends[1]);
    // At another moment each time, the opening of the file among them.
    if (kill_number % 10 != 0)
      while (last % 7 != kill_number % 7 && read(ends[0], &last, sizeof last) == sizeof last) {
      }
    std::this_thread::sleep_for(std::chrono::microseconds{kill_number * 397});
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    while (read(ends[0], &last, sizeof last) == sizeof last) {
    }
    close(ends[0]);
    open();
    const auto stored = history->load("c1");
    const int written = stored.cluster_state ? std::stoi(*stored.cluster_state) : 0;
    // The last one may have been written and not said.
    ASSERT_TRUE(written == last || written == last + 1) << written << " of " << last;
    const auto page = history->events({.limit = 100'000});
    ASSERT_THAT(page->events, SizeIs(written)) << "none lost, none twice";
    for (int i = 0; i < written; ++i)
      ASSERT_EQ(page->events[static_cast<std::size_t>(i)].topic, std::to_string(written - i));
    if (written > 0) {
      EXPECT_EQ(stored.rows.at(0).state, std::to_string(written));
    }
    last = written;
    history.reset();
  }
  EXPECT_GT(last, 100);
  EXPECT_THAT(files(), ElementsAre("history.db", "history.db.lock")) << "nothing was set aside";
}

TEST_F(HistoryTest, ClustersCommitWhileOthersAsk) {
  open();
  constexpr int kCommits = 100;
  std::atomic<int> running = 2;
  {
    std::vector<std::jthread> threads;
    for (const auto* cluster : {"c1", "c2"})
      threads.emplace_back([&, cluster] {
        for (int i = 0; i < kCommits; ++i)
          history->commit(cluster,
                          {.rows = {.topics = {{"t" + std::to_string(i % 10), std::to_string(i)}}},
                           .events = {event("a"), event("b")}});
        --running;
      });
    threads.emplace_back([&] {
      std::size_t seen = 0;
      while (running > 0) {
        const auto page = history->events({.cluster = "c1", .limit = 10'000});
        ASSERT_TRUE(page);
        ASSERT_GE(page->events.size(), seen);
        ASSERT_EQ(page->events.size() % 2, 0U) << "half a commit";
        seen = page->events.size();
        static_cast<void>(history->figures());
        static_cast<void>(history->load("c2"));
      }
    });
  }
  EXPECT_THAT(texts({.limit = 10'000}), SizeIs(4 * kCommits));
  EXPECT_THAT(history->load("c1").rows, SizeIs(10));
  EXPECT_THAT(history->load("c2").rows, SizeIs(10));
}

}  // namespace
}  // namespace kie::history
