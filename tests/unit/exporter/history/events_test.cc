#include "tests/unit/exporter/history/history_fixture.h"

namespace kie::history {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// Written and not yet written events must be found alike.
class Events : public HistoryFixture, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    if (GetParam()) options.path.clear();
    open();
  }

  void commit(const std::string& cluster, std::vector<StoredEvent> events) {
    history->commit(cluster, {.events = std::move(events)});
  }

  const Time start = now() - seconds{1000};
};

INSTANTIATE_TEST_SUITE_P(InTheFileAndInMemory, Events, testing::Bool(),
                         [](const auto& one) { return one.param ? "Memory" : "File"; });

TEST_P(Events, ComeNewestFirst) {
  commit("c1", {event("a"), event("b")});
  commit("c2", {event("c")});
  EXPECT_THAT(texts(), ElementsAre("c orders", "b orders", "a orders"));
}

TEST_P(Events, AreFilteredByEachThingAndByAllTogether) {
  commit("c1", {event("loss", "orders", 0), event("online", "orders", 1),
                event("loss", "orders", 1), event("loss", "clicks", 1)});
  commit("c2", {event("loss", "orders", 1), event("broker_lost", "", std::nullopt)});
  EXPECT_THAT(texts({.cluster = "c2"}), ElementsAre("broker_lost ", "loss orders"));
  EXPECT_THAT(texts({.cluster = "c3"}), IsEmpty());
  EXPECT_THAT(texts({.topic = "clicks"}), ElementsAre("loss clicks"));
  EXPECT_THAT(texts({.topic = ""}), ElementsAre("broker_lost "));
  EXPECT_THAT(texts({.partition = 0}), ElementsAre("loss orders"));
  EXPECT_THAT(texts({.topic = "orders", .partition = 1}),
              ElementsAre("loss orders", "loss orders", "online orders"));
  EXPECT_THAT(texts({.kinds = {"online", "broker_lost", "online"}}),
              ElementsAre("broker_lost ", "online orders"));
  EXPECT_THAT(texts({.cluster = "c1", .topic = "orders", .partition = 1, .kinds = {"loss"}}),
              ElementsAre("loss orders"));
  EXPECT_THAT(texts({.cluster = "c1", .kinds = {"no such"}}), IsEmpty());
}

TEST_P(Events, AreOfAnIntervalIfTheirEndIs) {
  for (int i = 0; i < 4; ++i)
    commit("c1", {event(std::to_string(i), "t", 0, start + seconds{10 * i})});
  EXPECT_THAT(texts({.from = start + seconds{10}}), ElementsAre("3 t", "2 t", "1 t"));
  EXPECT_THAT(texts({.to = start + seconds{20}}), ElementsAre("1 t", "0 t"));
  EXPECT_THAT(texts({.kinds = {"1", "3"}, .from = start + seconds{5}, .to = start + seconds{15}}),
              ElementsAre("1 t"));
  EXPECT_THAT(texts({.topic = "t", .from = start + seconds{31}}), IsEmpty());
}

TEST_P(Events, ComeInPages) {
  for (int i = 0; i < 7; ++i) commit(i % 2 == 0 ? "c1" : "c2", {event(std::to_string(i), "t")});
  for (const auto& filter : {EventQuery{}, EventQuery{.topic = "t"},
                             EventQuery{.kinds = {"0", "1", "2", "3", "4", "5", "6"}}}) {
    auto query = filter;
    query.limit = 3;
    std::vector<std::string> all;
    for (int page_number = 0; page_number < 3; ++page_number) {
      const auto page = history->events(query);
      ASSERT_TRUE(page);
      ASSERT_THAT(page->events, SizeIs(page_number < 2 ? 3 : 1));
      for (const auto& event : page->events) all.push_back(event.kind);
      ASSERT_EQ(page->next.has_value(), page_number < 2);
      query.before = page->next;
    }
    EXPECT_THAT(all, ElementsAre("6", "5", "4", "3", "2", "1", "0"));
  }
}

TEST_P(Events, APageThatIsJustFullHasNoNext) {
  commit("c1", {event("a"), event("b")});
  EXPECT_EQ(history->events({.limit = 2})->next, std::nullopt);
  EXPECT_NE(history->events({.limit = 1})->next, std::nullopt);
}

class EventsInAFile : public HistoryFixture {};

TEST_F(EventsInAFile, AQueryThatTakesTooLongIsGivenUpAndTheNextIsAnswered) {
  open();
  std::vector<StoredEvent> many(20'000, event("a"));
  history->commit("c1", {.events = many});
  options.query_time = std::chrono::milliseconds{0};
  open();
  const auto page = history->events({.partition = 77});
  ASSERT_FALSE(page);
  EXPECT_TRUE(page.error().too_slow);
  EXPECT_THAT(texts({.cluster = "none"}), IsEmpty());
  history->commit("c1", {.events = {event("b")}});
  options.query_time = seconds{10};
  open();
  EXPECT_THAT(texts({.partition = 77}), IsEmpty());
  EXPECT_THAT(texts({.kinds = {"b"}}), SizeIs(1));
}

/// How SQLite finds the rows shows in its plan: an index for each filter, and no sorting.
TEST_F(EventsInAFile, TheIndexesAreThoseOfTheQueries) {
  open();
  const auto file = Connection::open(options.path, SQLITE_OPEN_READONLY, "");
  ASSERT_TRUE(file);
  for (const auto* index :
       {"events_by_cluster WHERE cluster = 1", "events_by_kind WHERE cluster = 1 AND kind = 'a'",
        "events_by_topic WHERE cluster = 1 AND topic = 'a'"}) {
    Statement plan{**file, "EXPLAIN QUERY PLAN SELECT details FROM events INDEXED BY " +
                               std::string(index) + " AND id < 9 AND until >= 1 ORDER BY id DESC"};
    std::string text;
    while (plan.step()) text += plan.text(3);
    EXPECT_FALSE((*file)->failed()) << (*file)->take_failure()->text;
    EXPECT_THAT(text, testing::HasSubstr("AND id<?)")) << index;
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("TEMP B-TREE"))) << index;
  }
}

}  // namespace
}  // namespace kie::history
