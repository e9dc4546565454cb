#include "tests/unit/exporter/history/faulty_vfs.h"
#include "tests/unit/exporter/history/history_fixture.h"

#include <atomic>
#include <thread>

namespace kie::history {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;
using testing::SizeIs;
using Fault = FaultyVfs::Fault;

class Unwritable : public HistoryFixture {
 protected:
  Unwritable() { options.vfs = FaultyVfs::name(); }
  ~Unwritable() override { history.reset(); }

  void commit(const std::string& topic, const std::string& state, const std::string& kind) {
    history->commit("c1", {.rows = {.topics = {{topic, state}}}, .events = {event(kind, topic)}});
  }
  bool writable() const { return history->figures().writable.value(); }

  FaultyVfs disk;
};

/// What holds of every way in which a file cannot be written.
class UnwritableInTheMiddle : public Unwritable, public testing::WithParamInterface<Fault> {};

INSTANTIATE_TEST_SUITE_P(Faults, UnwritableInTheMiddle,
                         testing::Values(Fault::kFull, Fault::kIoError, Fault::kReadOnly),
                         [](const auto& one) {
                           return one.param == Fault::kFull      ? "Full"
                                  : one.param == Fault::kIoError ? "IoError"
                                                                 : "ReadOnly";
                         });

TEST_P(UnwritableInTheMiddle, NothingIsLostAndNothingIsThereTwice) {
  open();
  history->commit("c1", {.rows = {.topics = {{"a", "1"}, {"b", "1"}, {"c", "1"}}, .state = "1"},
                         .events = {event("first", "a")}});
  disk.set(GetParam());
  const auto log = logged([&] {
    commit("a", "2", "second");
    history->commit("c1",
                    {.rows = {.topics = {{"b", std::nullopt}}}, .events = {event("third", "b")}});
    history->remember("c1", "production", "a:1");
  });
  EXPECT_THAT(log, AllOf(HasSubstr("writing the history failed"), HasSubstr(options.path)));
  EXPECT_EQ(std::ranges::count(log, '\n'), 1) << log;
  EXPECT_FALSE(writable());
  // As one list, from file and memory, in pages, too.
  EXPECT_THAT(texts(), ElementsAre("third b", "second a", "first a"));
  const auto page = history->events({.limit = 2});
  ASSERT_TRUE(page);
  ASSERT_TRUE(page->next);
  EXPECT_THAT(texts({.before = page->next}), ElementsAre("first a"));
  EXPECT_THAT(history->load("c1").rows, ElementsAre(TopicRow{"a", "2"}, TopicRow{"c", "1"}));
  EXPECT_EQ(history->find("production", "a:1"), "c1");

  EXPECT_THAT(logged([&] {
                disk.set(Fault::kNone);
                commit("d", "1", "fourth");
                await_written();
              }),
              HasSubstr("writing the history works again"));
  EXPECT_TRUE(writable());
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_THAT(texts(), ElementsAre("fourth d", "third b", "second a", "first a"));
    EXPECT_THAT(history->load("c1").rows,
                ElementsAre(TopicRow{"a", "2"}, TopicRow{"c", "1"}, TopicRow{"d", "1"}));
    EXPECT_EQ(history->load("c1").cluster_state, "1");
    EXPECT_EQ(history->find("production", "a:1"), "c1");
    open();
  }
}

TEST_P(UnwritableInTheMiddle, AWholeCommitIsWholeWhenItIsWritten) {
  open();
  commit("a", "1", "first");
  disk.set(GetParam());
  commit("b", "1", "second");
  history->commit("c1", {.rows = {.whole = true, .topics = {{"c", "1"}}}});
  commit("d", "1", "third");
  disk.set(Fault::kNone);
  commit("e", "1", "fourth");
  await_written();
  EXPECT_THAT(history->load("c1").rows,
              ElementsAre(TopicRow{"c", "1"}, TopicRow{"d", "1"}, TopicRow{"e", "1"}));
}

TEST_P(UnwritableInTheMiddle, TheOldestGoWhenTooManyWait) {
  options.max_unwritten = 3;
  std::atomic<std::size_t> dropped = 0;
  options.dropped = [&](std::size_t events) { dropped += events; };
  open();
  disk.set(GetParam());
  for (int i = 0; i < 5; ++i) commit("t", "1", std::to_string(i));
  while (dropped < 2) std::this_thread::yield();
  disk.set(Fault::kNone);
  await_written();
  EXPECT_EQ(dropped, 2U);
  commit("t", "1", "5");
  EXPECT_THAT(texts(), ElementsAre("5 t", "4 t", "3 t", "2 t"));
}

TEST_P(UnwritableInTheMiddle, ItIsNotTriedAtEachCommit) {
  options.retry_interval = std::chrono::hours{1};
  open();
  disk.set(GetParam());
  commit("a", "1", "first");
  const int met = disk.met();
  for (int i = 0; i < 10; ++i) commit("a", "1", "more");
  EXPECT_EQ(disk.met(), met);
  EXPECT_THAT(texts(), SizeIs(11));
}

TEST_P(UnwritableInTheMiddle, AKillMeanwhileLosesOnlyWhatWaited) {
  open();
  commit("a", "1", "first");
  disk.set(GetParam());
  commit("a", "2", "second");
  open();
  disk.set(Fault::kNone);
  open();
  EXPECT_THAT(texts(), ElementsAre("first a"));
  EXPECT_THAT(history->load("c1").rows, ElementsAre(TopicRow{"a", "1"}));
}

TEST_F(Unwritable, AFolderThatIsNotThereIsNotMadeButUsedWhenItIs) {
  options.path = folder / "later" / "history.db";
  options.vfs.clear();
  EXPECT_THAT(logged([&] { open(); }),
              AllOf(HasSubstr("writing the history failed"), HasSubstr("No such file")));
  EXPECT_FALSE(writable());
  commit("a", "1", "first");
  EXPECT_THAT(texts(), ElementsAre("first a"));
  EXPECT_EQ(history->figures().bytes, std::nullopt);
  std::filesystem::create_directory(folder / "later");
  commit("b", "1", "second");
  await_written();
  open();
  EXPECT_THAT(texts(), ElementsAre("second b", "first a"));
}

TEST_F(Unwritable, AFolderThatIsAFileIsNoFolder) {
  write_file("a file");
  options.path += "/history.db";
  EXPECT_THAT(logged([&] { open(); }), HasSubstr("Not a directory"));
  commit("a", "1", "first");
  EXPECT_THAT(texts(), ElementsAre("first a"));
}

TEST_F(Unwritable, AFileThatIsAFolderIsLeftAlone) {
  options.vfs.clear();
  std::filesystem::create_directory(options.path);
  EXPECT_THAT(logged([&] { open(); }), HasSubstr("writing the history failed"));
  commit("a", "1", "first");
  EXPECT_FALSE(writable());
  EXPECT_TRUE(std::filesystem::is_directory(options.path));
}

TEST_F(Unwritable, AFileThatOnlyCanBeReadIsRead) {
  open();
  commit("a", "1", "first");
  history->remember("c1", "production", "a:1");
  history.reset();
  disk.set(Fault::kReadOnly);
  EXPECT_THAT(logged([&] { open(); }), HasSubstr("read-only"));
  EXPECT_FALSE(writable());
  EXPECT_EQ(history->find("production", "a:1"), "c1");
  EXPECT_THAT(history->load("c1").rows, ElementsAre(TopicRow{"a", "1"}));
  commit("b", "1", "second");
  EXPECT_THAT(texts(), ElementsAre("second b", "first a"));
  const auto generation = history->generation();
  disk.set(Fault::kNone);
  commit("c", "1", "third");
  await_written();
  EXPECT_GT(history->generation(), generation) << "it may be another file by now";
  EXPECT_THAT(texts(), ElementsAre("third c", "second b", "first a"));
  EXPECT_THAT(history->load("c1").rows, SizeIs(3));
}

TEST_F(Unwritable, ANewFileThatCannotBeWrittenIsBegunLater) {
  disk.set(Fault::kFull);
  open();
  EXPECT_FALSE(writable());
  commit("a", "1", "first");
  EXPECT_THAT(texts(), ElementsAre("first a"));
  disk.set(Fault::kNone);
  commit("a", "2", "second");
  open();
  EXPECT_THAT(texts(), ElementsAre("second a", "first a"));
}

TEST_F(Unwritable, EventsThatWaitedAreNewerThanThoseOfAFileFoundLater) {
  open();
  commit("a", "1", "in the file");
  history.reset();
  const auto hidden = folder / "hidden.db";
  std::filesystem::rename(options.path, hidden);
  // The file is from a clock that was ahead.
  {
    const auto file = Connection::open(hidden, SQLITE_OPEN_READWRITE, "");
    (*file)->run("UPDATE events SET id = 8000000000000000");
    ASSERT_FALSE((*file)->failed());
  }
  disk.set(Fault::kReadOnly);
  open();
  commit("a", "1", "waited");
  std::filesystem::rename(hidden, options.path);
  disk.set(Fault::kNone);
  commit("a", "1", "last");
  await_written();
  EXPECT_THAT(texts(), ElementsAre("last a", "waited a", "in the file a"));
}

TEST_F(Unwritable, AQueryWaitsForNoCommit) {
  open();
  commit("a", "1", "first");
  disk.set(Fault::kHangs);
  std::jthread hanging{[&] { commit("a", "2", "second"); }};
  while (disk.met() == 0) std::this_thread::yield();
  EXPECT_THAT(texts(), ElementsAre("first a")) << "and nothing is shown before it is written";
  EXPECT_THAT(history->figures().bytes, Optional(testing::Gt(0U)));
  disk.set(Fault::kNone);
  hanging.join();
  EXPECT_THAT(texts(), ElementsAre("second a", "first a"));
}

TEST_F(Unwritable, ACommitWaitsForNoQuery) {
  open();
  commit("a", "1", "first");
  disk.set(Fault::kReadersHang);
  std::jthread asking{[&] { EXPECT_THAT(texts(), testing::Contains("first a")); }};
  while (disk.met() == 0) std::this_thread::yield();
  for (int i = 0; i < 10; ++i) commit("a", "2", "meanwhile");
  EXPECT_TRUE(writable());
  disk.set(Fault::kNone);
  asking.join();
  EXPECT_THAT(texts(), SizeIs(11));
}

}  // namespace
}  // namespace kie::history
