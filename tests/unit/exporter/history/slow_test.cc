#include "tests/unit/exporter/history/faulty_vfs.h"
#include "tests/unit/exporter/history/history_fixture.h"

#include <atomic>
#include <stdexcept>
#include <thread>

namespace kie::history {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;
using testing::SizeIs;
using Clock = std::chrono::steady_clock;
using Fault = FaultyVfs::Fault;

/// What is waited for, and what nobody waits for in any of these tests.
constexpr milliseconds kWait{100};
constexpr seconds kLong{20};

template <class Do>
Clock::duration time_of(Do action) {
  const auto begin = Clock::now();
  action();
  return Clock::now() - begin;
}

/// A disk that does not fail, and does not answer.
class Slow : public HistoryFixture {
 protected:
  Slow() { options.vfs = FaultyVfs::name(); }
  ~Slow() override {
    disk.set(Fault::kNone);
    history.reset();
  }

  void commit(const std::string& topic, const std::string& state, const std::string& kind) {
    history->commit("c1", {.rows = {.topics = {{topic, state}}}, .events = {event(kind, topic)}});
  }
  bool writable() const { return history->figures().writable.value(); }
  std::vector<StoredEvent> all() const { return history->events({.limit = 10'000})->events; }

  /// As another program sees it.
  std::optional<std::int64_t> events_in_the_file() const {
    const auto file = Connection::open(options.path, SQLITE_OPEN_READONLY, "");
    return (*file)->integer("SELECT count(*) FROM events");
  }

  /// Until nobody has the file any more who was left with it.
  void await_open() {
    while (true) {
      auto opened = History::open(options);
      if (opened) {
        history = std::move(*opened);
        return;
      }
      std::this_thread::sleep_for(kShort);
    }
  }

  FaultyVfs disk;
};

TEST_F(Slow, OneCommitWaitsAndNoOtherUntilAllIsInTheFile) {
  options.commit_wait = kWait;
  open();
  history->commit("c1",
                  {.rows = {.topics = {{"a", "1"}, {"b", "1"}}}, .events = {event("first", "a")}});
  disk.set(Fault::kHangs);
  Clock::duration took{};
  const auto log = logged([&] {
    took = time_of([&] { commit("a", "2", "second"); });
    EXPECT_FALSE(writable());
    options.commit_wait = minutes{1};
    EXPECT_LT(time_of([&] {
                for (int i = 0; i < 100; ++i) commit("c", std::to_string(i), std::to_string(i));
              }),
              50 * kWait);
    history->commit("c1",
                    {.rows = {.topics = {{"b", std::nullopt}}}, .events = {event("last", "b")}});
    history->remember("c1", "production", "a:1");
  });
  EXPECT_GE(took, kWait);
  EXPECT_LT(took, kLong);
  EXPECT_THAT(log, AllOf(HasSubstr("writing the history in time failed"), HasSubstr(options.path),
                         HasSubstr("a write takes longer than 100 ms")));
  EXPECT_EQ(std::ranges::count(log, '\n'), 1) << log;
  // From the file, from what hangs, and from what waits behind it.
  const auto before = all();
  ASSERT_THAT(before, SizeIs(103));
  EXPECT_EQ(before.front().kind, "last");
  EXPECT_EQ(before[101].kind, "second");
  EXPECT_EQ(before[102].kind, "first");
  EXPECT_THAT(history->load("c1").rows, ElementsAre(TopicRow{"a", "2"}, TopicRow{"c", "99"}));
  EXPECT_EQ(history->find("production", "a:1"), "c1");
  EXPECT_EQ(events_in_the_file(), 1);
  EXPECT_THAT(history->figures().bytes, Optional(testing::Gt(0U)));

  EXPECT_THAT(logged([&] {
                disk.set(Fault::kNone);
                await_written();
              }),
              HasSubstr("writing the history in time works again"));
  EXPECT_EQ(events_in_the_file(), 103);
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_EQ(all(), before);
    EXPECT_THAT(history->load("c1").rows, ElementsAre(TopicRow{"a", "2"}, TopicRow{"c", "99"}));
    EXPECT_EQ(history->find("production", "a:1"), "c1");
    open();
  }
}

TEST_F(Slow, AfterwardsACommitThatReturnedIsInTheFile) {
  options.commit_wait = kWait;
  open();
  disk.set(Fault::kHangs);
  commit("a", "1", "first");
  disk.set(Fault::kNone);
  await_written();
  history.reset();
  options.commit_wait = minutes{1};
  open();
  for (int i = 2; i < 20; ++i) {
    commit("a", "1", "more");
    ASSERT_EQ(events_in_the_file(), i);
  }
}

TEST_F(Slow, AllWhoWaitGiveUpWithTheFirst) {
  options.commit_wait = kWait;
  open();
  disk.set(Fault::kHangs);
  constexpr int kClusters = 16;
  const auto took = time_of([&] {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kClusters; ++i)
      threads.emplace_back([&, i] {
        for (int j = 0; j < 10; ++j)
          history->commit("c" + std::to_string(i), {.rows = {.topics = {{"a", std::to_string(j)}}},
                                                    .events = {event("x", "a")}});
      });
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) static_cast<void>(history->events({}));
    });
  });
  EXPECT_LT(took, kLong);
  EXPECT_THAT(all(), SizeIs(10 * kClusters));
  disk.set(Fault::kNone);
  await_written();
  open();
  EXPECT_THAT(all(), SizeIs(10 * kClusters));
  for (int i = 0; i < kClusters; ++i)
    EXPECT_THAT(history->load("c" + std::to_string(i)).rows, ElementsAre(TopicRow{"a", "9"}));
}

TEST_F(Slow, WhatHangsAndThenFailsIsWrittenLaterAndTheReasonIsLogged) {
  options.commit_wait = kWait;
  open();
  commit("a", "1", "first");
  disk.set(Fault::kHangs);
  commit("a", "2", "second");
  commit("b", "1", "third");
  const int met = disk.met();
  EXPECT_THAT(logged([&] {
                disk.set(Fault::kIoError);
                // Until it was tried a few times more.
                while (disk.met() < met + 50) std::this_thread::sleep_for(kShort);
              }),
              AllOf(HasSubstr("writing the history failed"), HasSubstr("disk I/O error")));
  disk.set(Fault::kNone);
  await_written();
  EXPECT_THAT(texts(), ElementsAre("third b", "second a", "first a"));
  EXPECT_THAT(history->load("c1").rows, ElementsAre(TopicRow{"a", "2"}, TopicRow{"b", "1"}));
}

TEST_F(Slow, TheOldestGoWhenTooManyWait) {
  options.commit_wait = kWait;
  options.max_unwritten = 3;
  std::atomic<std::size_t> dropped = 0;
  options.dropped = [&](std::size_t events) { dropped += events; };
  open();
  disk.set(Fault::kHangs);
  for (int i = 0; i < 6; ++i) commit("t", "1", std::to_string(i));
  // The first is on its way.
  EXPECT_EQ(dropped, 2U);
  EXPECT_THAT(texts(), ElementsAre("5 t", "4 t", "3 t", "0 t"));
  disk.set(Fault::kNone);
  await_written();
  EXPECT_THAT(texts(), ElementsAre("5 t", "4 t", "3 t", "0 t"));
}

TEST_F(Slow, ACommitDoesNotWaitUntilTheWalIsInTheFile) {
  // A WAL of 128 KiB.
  options.max_bytes = 4 << 20;
  open();
  disk.set(Fault::kSyncHangs);
  history->commit(
      "c1", {.rows = {.topics = {{"a", std::string(300'000, 'x')}}}, .events = {event("first")}});
  EXPECT_TRUE(writable());
  EXPECT_EQ(events_in_the_file(), 1);
  while (disk.met() == 0) std::this_thread::yield();
  disk.set(Fault::kNone);
  commit("a", "2", "second");
  EXPECT_EQ(events_in_the_file(), 2);
}

TEST_F(Slow, TheStartWaitsOnlySoLong) {
  options.open_wait = kWait;
  disk.set(Fault::kHangs);
  const auto log = logged([&] { EXPECT_LT(time_of([&] { open(); }), kLong); });
  EXPECT_THAT(log, HasSubstr("opening it takes longer than 100 ms"));
  EXPECT_FALSE(writable());
  commit("a", "1", "first");
  disk.set(Fault::kNone);
  await_written();
  EXPECT_THAT(texts(), ElementsAre("first a"));
  open();
  EXPECT_THAT(texts(), ElementsAre("first a"));
}

TEST_F(Slow, TheEndWaitsOnlySoLong) {
  options.commit_wait = options.end_wait = kWait;
  open();
  commit("a", "1", "first");
  disk.set(Fault::kHangs);
  commit("a", "2", "second");
  commit("a", "3", "third");
  const auto log = logged([&] { EXPECT_LT(time_of([&] { history.reset(); }), kLong); });
  EXPECT_THAT(log, AllOf(HasSubstr("hangs, exiting without it"), HasSubstr("events_lost=2")));
  EXPECT_FALSE(History::open(options)) << "the file is still in use";
  disk.set(Fault::kNone);
  await_open();
  EXPECT_THAT(texts(), ElementsAre("third a", "second a", "first a")) << "it did end";
}

TEST_F(Slow, TheEndWritesWhatWaits) {
  options.commit_wait = kWait;
  options.retry_interval = std::chrono::hours{1};
  open();
  disk.set(Fault::kFull);
  commit("a", "1", "first");
  commit("a", "2", "second");
  disk.set(Fault::kNone);
  EXPECT_FALSE(writable());
  open();
  EXPECT_THAT(texts(), ElementsAre("second a", "first a"));
}

TEST_F(Slow, TheEndSaysWhatCouldNotBeWritten) {
  open();
  disk.set(Fault::kFull);
  commit("a", "1", "first");
  commit("a", "2", "second");
  EXPECT_THAT(
      logged([&] { history.reset(); }),
      AllOf(HasSubstr("cannot be written, exiting without it"), HasSubstr("events_lost=2")));
}

TEST_F(Slow, TheEndWritesWhatWaitsAlthoughWhoReadsHangs) {
  options.read_wait = options.query_time = kWait;
  options.retry_interval = std::chrono::hours{1};
  options.end_wait = seconds{4};
  open();
  disk.set(Fault::kFull);
  commit("a", "1", "first");
  disk.set(Fault::kReadersHang);
  EXPECT_FALSE(history->events({}));
  EXPECT_THAT(logged([&] { history.reset(); }), testing::Not(HasSubstr("exiting without it")));
  disk.set(Fault::kNone);
  open();
  EXPECT_THAT(texts(), ElementsAre("first a"));
}

TEST_F(Slow, WhoReadsWaitsOnlySoLongAndNobodyAfterwards) {
  open();
  commit("a", "1", "first");
  options.read_wait = options.query_time = kWait;
  open();
  disk.set(Fault::kReadersHang);
  EXPECT_LT(time_of([&] {
              const auto page = history->events({});
              ASSERT_FALSE(page);
              EXPECT_TRUE(page.error().too_slow);
              EXPECT_THAT(page.error().text, HasSubstr("did not respond within 200 ms"));
            }),
            kLong);
  EXPECT_LT(time_of([&] {
              for (int i = 0; i < 100; ++i)
                EXPECT_THAT(history->events({}).error().text,
                            HasSubstr("an earlier read of the file"));
            }),
            50 * kWait);
  EXPECT_THAT(logged([&] { EXPECT_TRUE(history->load("c1").is_unread); }),
              HasSubstr("the history cannot be read"));
  EXPECT_EQ(history->find("production", "a:1"), std::nullopt);
  commit("a", "2", "second");
  EXPECT_TRUE(writable());
  EXPECT_EQ(events_in_the_file(), 2);
  disk.set(Fault::kNone);
  while (!history->events({})) std::this_thread::sleep_for(kShort);
  EXPECT_THAT(texts(), ElementsAre("second a", "first a"));
  EXPECT_THAT(history->load("c1").rows, ElementsAre(TopicRow{"a", "2"}));
}

TEST_F(Slow, NobodyReadsAnyMoreWhenTheEndHasBegun) {
  open();
  commit("a", "1", "first");
  open();
  disk.set(Fault::kReadersHang);
  std::jthread asking{[&] {
    const auto page = history->events({});
    ASSERT_FALSE(page);
    EXPECT_TRUE(page.error().too_slow);
    EXPECT_EQ(page.error().text, "the exporter ends");
  }};
  while (disk.met() == 0) std::this_thread::yield();
  EXPECT_LT(time_of([&] {
              history->stop_reading();
              asking.join();
              EXPECT_FALSE(history->events({}));
            }),
            kLong);
}

TEST_F(Slow, TheEndWaitsOnlySoLongForWhoReads) {
  open();
  commit("a", "1", "first");
  options.read_wait = options.query_time = options.end_wait = kWait;
  open();
  disk.set(Fault::kReadersHang);
  EXPECT_FALSE(history->events({}));
  EXPECT_LT(time_of([&] { history.reset(); }), kLong);
  disk.set(Fault::kNone);
  await_open();
  EXPECT_THAT(texts(), ElementsAre("first a"));
}

TEST_F(Slow, AnExceptionIsCountedAndTheWorkGoesOn) {
  options.max_unwritten = 0;
  options.dropped = [](std::size_t) { throw std::runtime_error{"on purpose"}; };
  std::atomic<int> failed = 0;
  options.failed = [&](const std::string& error) {
    EXPECT_EQ(error, "on purpose");
    ++failed;
  };
  open();
  disk.set(Fault::kFull);
  const auto log = logged([&] { commit("a", "1", "dropped"); });
  while (failed == 0) std::this_thread::sleep_for(kShort);
  disk.set(Fault::kNone);
  await_written();
  EXPECT_EQ(failed, 1);
  commit("a", "2", "second");
  EXPECT_THAT(texts(), ElementsAre("second a"));
  EXPECT_THAT(history->load("c1").rows, ElementsAre(TopicRow{"a", "2"}));
}

}  // namespace
}  // namespace kie::history
