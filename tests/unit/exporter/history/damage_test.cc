#include "tests/unit/exporter/history/faulty_vfs.h"
#include "tests/unit/exporter/history/history_fixture.h"

namespace kie::history {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class Damage : public HistoryFixture {
 protected:
  /// A history with pages of all sorts, more than SQLite keeps in memory.
  void fill() {
    open();
    for (int i = 0; i < 40; ++i) {
      std::vector<StoredEvent> events(50, event("a", "topic-" + std::to_string(i)));
      history->commit(
          "c1", {.rows = {.topics = {{"topic-" + std::to_string(i), std::string(100'000, 'x')}}},
                 .events = std::move(events)});
    }
    history.reset();
  }

  /// As another program would.
  void sql(const std::string& statements) const {
    const auto file =
        Connection::open(options.path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "");
    ASSERT_TRUE(file) << file.error().text;
    (*file)->run(statements);
    ASSERT_FALSE((*file)->failed()) << (*file)->take_failure()->text;
  }

  void overwrite(std::int64_t at, const std::string& bytes) const {
    std::fstream file{options.path, std::ios::binary | std::ios::in | std::ios::out};
    file.seekp(at);
    file << bytes;
  }

  /// Opens it; what is there now is set aside, to the byte, and the new one works.
  void expect_set_aside(const std::string& word, const std::string& why) {
    const auto before = content(options.path);
    const auto log = logged([&] { open(); });
    EXPECT_THAT(log, AllOf(HasSubstr("level=error"), HasSubstr("set aside"), HasSubstr(why),
                           HasSubstr(options.path)));
    const auto aside = file_like("history.db." + word + "-");
    ASSERT_FALSE(aside.empty()) << testing::PrintToString(files()) << log;
    EXPECT_EQ(content(aside), before);
    EXPECT_THAT(texts(), IsEmpty());
    history->commit("c1", {.rows = {.topics = {{"new", "1"}}}, .events = {event("new")}});
    EXPECT_THAT(history->figures().writable, testing::Optional(true));
    EXPECT_THAT(logged([&] { open(); }), IsEmpty()) << "once is enough";
    EXPECT_THAT(texts(), ElementsAre("new orders"));
  }
};

TEST_F(Damage, AFileThatIsNoDatabaseIsSetAside) {
  write_file("This is a letter to my grandmother, and more than a hundred bytes of it: " +
             std::string(1'000, 'x'));
  expect_set_aside("foreign", "not a database");
}

TEST_F(Damage, AShortTextIsSetAside) {
  write_file("precious\n");
  expect_set_aside("foreign", "not a database");
}

TEST_F(Damage, AnEmptyFileIsANewOne) {
  write_file("");
  EXPECT_THAT(logged([&] { open(); }), IsEmpty());
  history->commit("c1", {.events = {event("a")}});
  open();
  EXPECT_THAT(texts(), SizeIs(1));
}

TEST_F(Damage, TheDatabaseOfAnotherProgramIsSetAside) {
  sql("CREATE TABLE theirs(a); INSERT INTO theirs VALUES (1)");
  expect_set_aside("foreign", "another program");
}

TEST_F(Damage, ADatabaseWithAnotherNumberIsSetAside) {
  sql("PRAGMA application_id = 12345");
  expect_set_aside("foreign", "another program");
}

TEST_F(Damage, AFileOfANewerVersionIsSetAside) {
  fill();
  sql("PRAGMA user_version = 99");
  expect_set_aside("foreign", "newer version");
}

TEST_F(Damage, ATruncatedFileIsSetAside) {
  fill();
  std::filesystem::resize_file(options.path, std::filesystem::file_size(options.path) / 2);
  expect_set_aside("damaged", "");
}

TEST_F(Damage, GarbageInTheMiddleIsSetAside) {
  fill();
  overwrite(5 * 4096, std::string(50 * 4096, '\x5a'));
  expect_set_aside("damaged", "");
}

TEST_F(Damage, AHistoryWithoutItsTablesIsSetAside) {
  fill();
  sql("DROP TABLE watched");
  expect_set_aside("damaged", "no such table");
}

TEST_F(Damage, WhatIsBesideTheFileGoesWithIt) {
  fill();
  // Another program's, still to be played back into its file.
  std::ofstream{options.path + "-wal"} << "a log";
  std::ofstream{options.path + "-journal"} << "a journal";
  write_file(std::string(2'000, 'x'));
  open();
  const auto aside = file_like("history.db.foreign-").string();
  EXPECT_THAT(content(aside.substr(0, aside.rfind('Z') + 1) + "-wal"), "a log");
  EXPECT_THAT(content(aside.substr(0, aside.rfind('Z') + 1) + "-journal"), "a journal");
}

TEST_F(Damage, TheFormerOnesAreKept) {
  for (int i = 0; i < 3; ++i) {
    write_file("number " + std::to_string(i) + std::string(1'000, 'x'));
    open();
    history.reset();
  }
  std::vector<std::string> kept;
  for (const auto& name : files())
    if (name.starts_with("history.db.foreign-"))
      kept.push_back(content(folder / name).substr(0, 8));
  EXPECT_THAT(kept, testing::UnorderedElementsAre("number 0", "number 1", "number 2"));
}

TEST_F(Damage, WhatShowsLaterIsSetAsideAndTheProcessGoesOn) {
  fill();
  open();
  const auto generation = history->generation();
  overwrite(2 * 4096, std::string(std::filesystem::file_size(options.path) - 2 * 4096, '\x5a'));
  const auto log = logged([&] {
    history->commit("c1",
                    {.rows = {.topics = {{"topic-3", "2"}}}, .events = {event("new", "topic-3")}});
  });
  EXPECT_THAT(log, AllOf(HasSubstr("damaged"), HasSubstr("set aside")));
  EXPECT_FALSE(file_like("history.db.damaged-").empty());
  EXPECT_GT(history->generation(), generation) << "the caller is told";
  EXPECT_THAT(history->figures().writable, testing::Optional(true));
  EXPECT_THAT(texts(), ElementsAre("new topic-3"));
  open();
  EXPECT_THAT(texts(), ElementsAre("new topic-3"));
  EXPECT_THAT(history->load("c1").rows, ElementsAre(TopicRow{"topic-3", "2"}));
}

TEST_F(Damage, WhatAQueryFindsIsSetAsideByTheNextCommit) {
  fill();
  open();
  overwrite(2 * 4096, std::string(std::filesystem::file_size(options.path) - 2 * 4096, '\x5a'));
  const auto page = history->events({.topic = "topic-3"});
  ASSERT_FALSE(page);
  EXPECT_FALSE(page.error().too_slow);
  EXPECT_THAT(page.error().text, HasSubstr("malformed"));
  history->commit("c1", {.events = {event("new")}});
  EXPECT_FALSE(file_like("history.db.damaged-").empty());
  EXPECT_THAT(texts(), ElementsAre("new orders"));
}

TEST_F(Damage, WhatAQueryFindsTooLateDoesNotCondemnTheNewFile) {
  fill();
  FaultyVfs disk;
  options.vfs = FaultyVfs::name();
  open();
  // The file is open to be read.
  EXPECT_EQ(history->find("production", "a:1"), std::nullopt);
  overwrite(2 * 4096, std::string(std::filesystem::file_size(options.path) - 2 * 4096, '\x5a'));
  disk.set(FaultyVfs::Fault::kReadersHang);
  std::jthread asking{[&] { EXPECT_FALSE(history->events({.topic = "topic-3"})); }};
  while (disk.met() == 0) std::this_thread::yield();
  history->commit("c1", {.rows = {.topics = {{"topic-3", "2"}}}, .events = {event("new")}});
  const auto aside = file_like("history.db.damaged-");
  EXPECT_FALSE(aside.empty());
  disk.set(FaultyVfs::Fault::kNone);
  asking.join();
  history->commit("c1", {.events = {event("newer")}});
  EXPECT_THAT(texts(), ElementsAre("newer orders", "new orders"));
  history.reset();
}

TEST_F(Damage, AFileThatWasMovedAwayIsBegunAnew) {
  fill();
  open();
  const auto generation = history->generation();
  std::filesystem::rename(options.path, folder / "moved.db");
  EXPECT_THAT(logged([&] { history->commit("c1", {.events = {event("new")}}); }),
              HasSubstr("was moved or removed"));
  EXPECT_GT(history->generation(), generation);
  EXPECT_THAT(texts(), ElementsAre("new orders"));
  open();
  EXPECT_THAT(texts(), ElementsAre("new orders"));
}

}  // namespace
}  // namespace kie::history
