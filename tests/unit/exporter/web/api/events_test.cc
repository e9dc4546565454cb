#include "exporter/journal/events.h"

#include "exporter/web/api/api.h"
#include "tests/unit/exporter/history/history_fixture.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <set>

namespace kie::api {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

/// Two clusters that are watched, "east" and one without a name, and one that is not any more.
class EventsTest : public history::HistoryFixture {
 protected:
  EventsTest() {
    open();
    status.set(0, {.name = "east", .cluster_id = "id-of-east"});
    status.set(1, {.cluster_id = "id-without-name"});
    status.set(2, {.name = "silent"});
  }

  /// At `second`; the newest come last.
  void happened(const std::string& cluster, const std::string& kind, const std::string& topic,
                std::optional<std::int32_t> partition, std::int64_t second) {
    history->commit(cluster, {.events = {event(kind, topic, partition, begin + seconds{second})}});
  }

  /// Five on three topics, a second apart.
  void happened_to_east() {
    happened("id-of-east", "isr_shrink", "a", 0, 1);
    happened("id-of-east", "isr_shrink", "a", 1, 2);
    happened("id-of-east", "offline", "b", 0, 3);
    happened("id-of-east", "isr_expand", "a", 0, 4);
    happened("id-of-east", "broker_lost", "", std::nullopt, 5);
  }

  std::pair<int, json> get(const std::string& query) const {
    const std::string path = "/api/v1/events";
    ProducerStore producers;
    const Api api{status, producers, *history};
    const auto response =
        api.answer({.method = "GET", .path = path, .raw_path = path, .query = query});
    return {response.status, json::parse(response.body)};
  }

  /// As "KIND TOPIC/PARTITION", and the cursor.
  std::pair<std::vector<std::string>, json> page(const std::string& query) const {
    const auto [code, body] = get(query);
    EXPECT_EQ(code, 200) << body;
    std::vector<std::string> texts;
    if (code != 200) return {texts, nullptr};
    for (const auto& one : body.at("events")) {
      auto text = one.at("kind").get<std::string>();
      if (!one.at("topic").is_null()) text += " " + one.at("topic").get<std::string>();
      if (!one.at("partition").is_null()) text += "/" + one.at("partition").dump();
      texts.push_back(text);
    }
    return {texts, body.at("next")};
  }
  std::vector<std::string> found(const std::string& query) const { return page(query).first; }

  std::string seconds_at(std::int64_t second) const {
    return std::to_string(std::chrono::floor<seconds>(begin.time_since_epoch()).count() + second);
  }

  history::Time begin = std::chrono::floor<seconds>(now()) - seconds{1000};
  StatusBoard status;
};

TEST_F(EventsTest, AClusterWhoseIdIsNotKnownHasNoneOfTheProducersEvents) {
  happened("", "producer_fatal", "", std::nullopt, 1);
  EXPECT_THAT(found("cluster=silent"), IsEmpty());
  EXPECT_EQ(page("cluster=silent").second, nullptr);
  EXPECT_EQ(get("cluster=silent&limit=0").first, 400);
}

TEST_F(EventsTest, OneInFull) {
  auto loss = event("loss", "orders", 4, begin + std::chrono::milliseconds{2500});
  loss.broker = 2;
  loss.details = R"({"records":1000,"election":"unclean"})";
  history->commit("id-of-east", {.events = {loss}});
  auto body = get("").second;
  ASSERT_THAT(body.at("events"), SizeIs(1));
  EXPECT_TRUE(body.at("next").is_null());
  auto& one = body.at("events").at(0);
  const auto second =
      static_cast<double>(std::chrono::floor<seconds>(begin.time_since_epoch()).count());
  EXPECT_GT(one.at("id").get<std::int64_t>(), 0);
  EXPECT_DOUBLE_EQ(one.at("to").get<double>(), second + 2.5);
  EXPECT_DOUBLE_EQ(one.at("from").get<double>(), second - 7.5);
  for (const auto* key : {"id", "from", "to"}) one.erase(key);
  EXPECT_EQ(one, json::parse(R"({"cluster": "east", "cluster_id": "id-of-east", "kind": "loss",
      "topic": "orders", "partition": 4, "broker": 2,
      "details": {"records": 1000, "election": "unclean"}})"));
}

TEST_F(EventsTest, WhatAnEventIsNotAboutIsNull) {
  happened("id-of-east", "broker_lost", "", std::nullopt, 1);
  const auto one = get("").second.at("events").at(0);
  for (const auto* key : {"topic", "partition", "broker"}) EXPECT_TRUE(one.at(key).is_null());
}

TEST_F(EventsTest, AClusterWithoutANameOrThatIsNotWatchedHasItsIdOnly) {
  happened("id-without-name", "offline", "a", 0, 1);
  happened("id-of-old", "offline", "a", 0, 2);
  const auto events = get("").second.at("events");
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_TRUE(events.at(0).at("cluster").is_null());
  EXPECT_EQ(events.at(0).at("cluster_id"), "id-of-old");
  EXPECT_TRUE(events.at(1).at("cluster").is_null());
  EXPECT_EQ(events.at(1).at("cluster_id"), "id-without-name");
}

TEST_F(EventsTest, TheNewestComeFirst) {
  EXPECT_THAT(found(""), IsEmpty());
  happened_to_east();
  EXPECT_THAT(found(""), ElementsAre("broker_lost", "isr_expand a/0", "offline b/0",
                                     "isr_shrink a/1", "isr_shrink a/0"));
}

TEST_F(EventsTest, AClusterIsFoundByItsNameOrItsId) {
  happened_to_east();
  happened("id-without-name", "offline", "c", 0, 9);
  EXPECT_THAT(found("cluster=east"), SizeIs(5));
  EXPECT_THAT(found("cluster=id-of-east"), SizeIs(5));
  EXPECT_THAT(found("cluster=id-without-name"), ElementsAre("offline c/0"));
  EXPECT_THAT(found("cluster=silent"), IsEmpty()) << "nobody has told its id";
  EXPECT_THAT(found(""), SizeIs(6));
}

TEST_F(EventsTest, Filters) {
  happened_to_east();
  EXPECT_THAT(found("topic=a"), ElementsAre("isr_expand a/0", "isr_shrink a/1", "isr_shrink a/0"));
  EXPECT_THAT(found("topic=a&partition=0"), ElementsAre("isr_expand a/0", "isr_shrink a/0"));
  EXPECT_THAT(found("partition=0"), ElementsAre("isr_expand a/0", "offline b/0", "isr_shrink a/0"));
  EXPECT_THAT(found("kind=offline"), ElementsAre("offline b/0"));
  EXPECT_THAT(found("kind=offline,isr_expand"), ElementsAre("isr_expand a/0", "offline b/0"));
  EXPECT_THAT(found("kind=isr_shrink&partition=1"), ElementsAre("isr_shrink a/1"));
  EXPECT_THAT(found("topic=z"), IsEmpty());
  EXPECT_THAT(found("topic="), ElementsAre("broker_lost")) << "of no topic";
  EXPECT_THAT(found("kind=loss"), IsEmpty());
}

TEST_F(EventsTest, FromIsIncludedAndToIsNot) {
  happened_to_east();
  EXPECT_THAT(found("from=" + seconds_at(4)), ElementsAre("broker_lost", "isr_expand a/0"));
  EXPECT_THAT(found("to=" + seconds_at(2)), ElementsAre("isr_shrink a/0"));
  EXPECT_THAT(found("from=" + seconds_at(2) + ".5&to=" + seconds_at(4)),
              ElementsAre("offline b/0"));
  EXPECT_THAT(found("from=" + seconds_at(4) + "&to=" + seconds_at(4)), IsEmpty());
  EXPECT_THAT(found("from=-1&to=9e9"), SizeIs(5));
}

TEST_F(EventsTest, PagesTogetherAreTheWhole) {
  for (int i = 0; i < 23; ++i)
    happened(i % 3 == 0 ? "id-of-east" : "id-without-name", i % 2 == 0 ? "offline" : "online",
             i % 5 == 0 ? "a" : "b", i % 4, i);
  for (const auto* filter : {"", "&cluster=east", "&kind=offline", "&kind=offline,online",
                             "&topic=b&partition=1", "&topic=a&kind=online"})
    for (int limit = 1; limit <= 24; limit += limit < 4 ? 1 : 7) {
      const auto ids = [&](const std::string& query) {
        std::vector<std::int64_t> all;
        const auto body = get(query).second;
        for (const auto& one : body.at("events")) all.push_back(one.at("id"));
        return all;
      };
      std::vector<std::int64_t> all;
      const auto query = "limit=" + std::to_string(limit) + filter;
      for (std::string before;;) {
        const auto some = ids(query + before);
        all.insert(all.end(), some.begin(), some.end());
        const auto next = page(query + before).second;
        if (next.is_null()) break;
        EXPECT_THAT(some, SizeIs(limit));
        before = "&before=" + next.dump();
      }
      EXPECT_EQ(all, ids("limit=1000" + std::string(filter))) << query;
      EXPECT_FALSE(all.empty()) << query;
    }
}

TEST_F(EventsTest, WhatHappensBetweenTwoPagesMovesNothing) {
  happened_to_east();
  const auto [first, next] = page("limit=2");
  EXPECT_THAT(first, ElementsAre("broker_lost", "isr_expand a/0"));
  happened("id-of-east", "offline", "c", 0, 9);
  EXPECT_THAT(found("limit=2&before=" + next.dump()), ElementsAre("offline b/0", "isr_shrink a/1"));
}

TEST_F(EventsTest, AWrongParameterIsNamed) {
  for (const auto* query : {"limit=0",
                            "limit=1001",
                            "limit=x",
                            "partition=x",
                            "partition=-1",
                            "partition=",
                            "partition=99999999999",
                            "kind=",
                            "kind=nothing",
                            "kind=offline,",
                            "kind=offline;online",
                            "from=x",
                            "from=",
                            "from=nan",
                            "from=1e300",
                            "to=yesterday",
                            "to=1x",
                            "before=x",
                            "before=",
                            "cluster=north",
                            "cluster=",
                            "nothing=1"}) {
    const auto [code, body] = get(query);
    EXPECT_EQ(code, 400) << query;
    const std::string name{query, std::strcspn(query, "=")};
    EXPECT_THAT(body.value("error", ""), HasSubstr(name)) << query;
  }
}

TEST_F(EventsTest, AWrongKindIsToldWhichThereAre) {
  const auto error = get("kind=nothing").second.at("error").get<std::string>();
  for (const auto kind : journal_kinds()) {
    EXPECT_THAT(error, HasSubstr(std::string(kind)));
    EXPECT_EQ(get("kind=" + std::string(kind)).first, 200) << kind;
  }
}

TEST_F(EventsTest, DetailsThatAreNoObjectAreLeftOut) {
  for (const auto* details : {"", "[1]", "{\"a\":", "7"}) {
    auto one = event("offline");
    one.details = details;
    history->commit("id-of-east", {.events = {one}});
    EXPECT_EQ(get("").second.at("events").at(0).at("details"), json::object()) << details;
  }
}

TEST_F(EventsTest, WhatWaitsForTheFileIsThereToo) {
  happened_to_east();
  options.path = "";
  open();
  happened_to_east();
  EXPECT_THAT(found("limit=2"), ElementsAre("broker_lost", "isr_expand a/0"));
  EXPECT_THAT(found(""), SizeIs(5));
}

}  // namespace
}  // namespace kie::api
