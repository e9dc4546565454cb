#include "exporter/producers/journal.h"

#include "collectors/producers/forget.h"
#include "exporter/journal/events.h"
#include "tests/unit/exporter/history/history_fixture.h"

#include <nlohmann/json.hpp>
#include <prometheus/gauge.h>

namespace kie {
namespace {

using nlohmann::json;
using producers::fatal_errors_last_hour;
using producers::Statistics;
using testing::ElementsAre;
using testing::IsEmpty;

class ProducerJournalTest : public history::HistoryFixture {
 protected:
  ProducerJournalTest() { restart(); }

  /// Another process, which recalls what the journal has.
  void restart() {
    journal.reset();
    state = {};
    journal.emplace(open(), self);
    EXPECT_TRUE(journal->recall(state, limits));
  }

  /// What is shown from now on, and then another process.
  void store_and_restart() {
    journal->store(state);
    restart();
  }

  void take(int age, bool is_fatal, const std::string& name = "shop#producer-1") {
    Statistics one;
    one.name = name;
    one.client_id = "shop";
    one.age = age;
    one.ts = 77 + age;
    one.transmitted_bytes = 10 * static_cast<std::uint64_t>(age);
    one.idempotence = producers::IdempotenceState{"Assigned", "Init", 7, 0};
    if (is_fatal) one.fatal = producers::Fatal{"Broker: Unknown Producer Id", "why"};
    const auto news = producers::advance(state, one, {}, std::chrono::steady_clock::now(),
                                         std::chrono::system_clock::now());
    ASSERT_TRUE(news);
    journal->note(*news);
    journal->commit(state);
  }

  static producers::ProducerReport document(int sequence, std::uint64_t acknowledged) {
    producers::ProducerReport one;
    one.instance = "i-1";
    one.client_id = "shop";
    one.sequence = sequence;
    one.time = 1'700'000'000 + sequence;
    one.acknowledged = acknowledged;
    return one;
  }

  void report(int sequence, std::uint64_t acknowledged, std::uint64_t failed = 0,
              const std::string& instance = "i-1", bool has_ended = false) {
    auto one = document(sequence, acknowledged);
    one.instance = instance;
    if (failed > 0) one.failed = {{"_MSG_TIMED_OUT", producers::Persisted::kPossibly, failed}};
    one.ended = has_ended;
    take(one);
  }

  void take(const producers::ProducerReport& one) {
    const auto news = producers::advance(state, one, limits, std::chrono::steady_clock::now(),
                                         std::chrono::system_clock::now());
    ASSERT_TRUE(news);
    journal->note(*news);
    journal->commit(state);
  }

  std::vector<std::string> kinds() {
    std::vector<std::string> all;
    const auto page = history->events({});
    for (const auto& event : page->events) all.push_back(event.kind);
    return all;
  }

  std::uint64_t last_hour(std::string_view error = "UNKNOWN_PRODUCER_ID") const {
    return fatal_errors_last_hour(state, error, std::chrono::steady_clock::now());
  }

  exposition::SelfMetrics self{"0.0.0", "test", "0.0.0"};
  std::optional<ProducerJournal> journal;
  producers::ProducersState state;
  producers::ProducerLimits limits;
};

TEST_F(ProducerJournalTest, ACommitShowsHowTheFileIs) {
  take(1, true);
  EXPECT_EQ(self.gauge(exposition::FamilyId::kJournalWritable).Value(), 1);
  EXPECT_GT(self.gauge(exposition::FamilyId::kJournalBytes).Value(), 0);
}

TEST_F(ProducerJournalTest, HasWhatBecameKnownOfAProducer) {
  take(1, false);
  take(2, false);
  take(3, true);
  take(4, true);
  EXPECT_THAT(kinds(), ElementsAre("producer_fatal", "producer_started"));
  const auto events = history->events({})->events;
  EXPECT_EQ(json::parse(events.at(0).details), json::parse(R"({"client_id": "shop",
      "producer": "shop#producer-1", "started": 77, "error": "UNKNOWN_PRODUCER_ID", "reason": "why"})"));
  EXPECT_EQ(events.at(0).cluster, "");
}

TEST_F(ProducerJournalTest, AFatalErrorIsKnownAgainAfterARestartAndNotCountedTwice) {
  take(3, true);
  restart();
  EXPECT_EQ(last_hour(), 1U);
  EXPECT_EQ(state.clients.at("shop").fatal_errors.at("UNKNOWN_PRODUCER_ID"), 1U);
  EXPECT_EQ(state.clients.at("shop").instances, 1U);
  take(9, true);
  EXPECT_EQ(last_hour(), 1U);
  EXPECT_EQ(state.clients.at("shop").instances, 1U);
  EXPECT_EQ(state.clients.at("shop").counters.transmitted_bytes, 90U);
  take(9, true, "shop#producer-2");
  EXPECT_EQ(last_hour(), 2U) << "another instance";
}

TEST_F(ProducerJournalTest, AFatalErrorOfAnInstanceThatIsForgottenIsNotCountedAgain) {
  take(3, true);
  const auto key = state.instances.begin()->first;
  state.instances.erase(key);
  state.changed_instances.insert(key);
  store_and_restart();
  EXPECT_EQ(last_hour(), 1U);
  EXPECT_EQ(state.clients.at("shop").fatal_errors.at("UNKNOWN_PRODUCER_ID"), 1U);
  EXPECT_THAT(state.instances, IsEmpty());
}

TEST_F(ProducerJournalTest, AnEventOfAVersionWithoutRowsIsRecalled) {
  history::Change change;
  change.events.push_back(event(std::string(kProducerFatal), "", std::nullopt, now()));
  change.events.back().details =
      R"({"client_id":"shop","producer":"shop#producer-1","started":77,"error":"UNKNOWN_PRODUCER_ID"})";
  history->commit("", change);
  restart();
  EXPECT_EQ(last_hour(), 1U);
  EXPECT_EQ(state.clients.at("shop").fatal_errors.at("UNKNOWN_PRODUCER_ID"), 1U);
  EXPECT_EQ(state.clients.at("shop").instances, 0U);
  take(9, true);
  EXPECT_EQ(last_hour(), 1U);
  EXPECT_EQ(state.clients.at("shop").fatal_errors.at("UNKNOWN_PRODUCER_ID"), 1U);
  EXPECT_EQ(state.clients.at("shop").instances, 1U);
}

TEST_F(ProducerJournalTest, ClientsThatHadToMakeRoomHaveNoneAfterARestart) {
  limits.clients = 2;
  for (const auto* name : {"a", "b", "c", "d", "e"}) {
    auto last = document(1, 5);
    last.client_id = last.instance = name;
    last.fatal = producers::ReportedFatal{"OUT_OF_ORDER_SEQUENCE_NUMBER", "why"};
    last.ended = true;
    take(last);
  }
  EXPECT_EQ(last_hour("OUT_OF_ORDER_SEQUENCE_NUMBER"), 5U);
  store_and_restart();
  EXPECT_EQ(last_hour("OUT_OF_ORDER_SEQUENCE_NUMBER"), 5U);
  EXPECT_LE(state.clients.size(), 2U);
  EXPECT_LE(state.instances.size(), 2U);
}

TEST_F(ProducerJournalTest, WhatIsOlderThanAnHourIsNotRecalled) {
  history::Change change;
  auto old = event(std::string(kProducerFatal), "", std::nullopt, now() - std::chrono::minutes{61});
  old.details = R"({"client_id":"shop","producer":"p","started":1,"error":"UNKNOWN_PRODUCER_ID"})";
  change.events.push_back(old);
  history->commit("", change);
  restart();
  EXPECT_EQ(last_hour(), 0U);
  EXPECT_THAT(state.clients, IsEmpty());
}

TEST_F(ProducerJournalTest, DetailsThatAreNotUnderstoodCostNothing) {
  history::Change change;
  for (const auto* details : {"[]", "nonsense", R"({"error":"NO_SUCH"})"}) {
    change.events.push_back(event(std::string(kProducerFatal), "", std::nullopt));
    change.events.back().details = details;
  }
  history->commit("", change);
  restart();
  EXPECT_EQ(last_hour(), 0U);
}

TEST_F(ProducerJournalTest, HasThoseThatVanished) {
  report(1, 5);
  report(2, 5);
  journal->note_vanished(
      producers::forget(state, std::chrono::steady_clock::now() + std::chrono::minutes{2}));
  journal->commit(state);
  EXPECT_THAT(kinds(), ElementsAre("producer_vanished", "producer_started"));
}

TEST_F(ProducerJournalTest, TotalsGoOnAfterARestart) {
  take(5, false);
  take(3, false, "shop#producer-2");
  report(1, 40, 7);
  store_and_restart();
  const auto& shop = state.clients.at("shop");
  EXPECT_EQ(shop.counters.transmitted_bytes, 80U);
  EXPECT_EQ(shop.counters.acknowledged_records, 40U);
  EXPECT_EQ(shop.failed->begin()->second, 7U);
  EXPECT_EQ(shop.instances, 3U);
  take(6, false);
  report(2, 45, 7);
  EXPECT_EQ(shop.counters.transmitted_bytes, 90U) << "only what is new";
  EXPECT_EQ(shop.counters.acknowledged_records, 45U);
  EXPECT_EQ(shop.failed->begin()->second, 7U);
  EXPECT_EQ(shop.instances, 3U);
  EXPECT_THAT(kinds(), ElementsAre("producer_started", "producer_started", "producer_started"));
}

TEST_F(ProducerJournalTest, WhatEndedInstancesCountedIsInTheTotalsForGood) {
  report(1, 40, 7, "i-1", true);
  report(1, 2, 0, "i-2");
  store_and_restart();
  EXPECT_EQ(state.clients.at("shop").counters.acknowledged_records, 42U);
  EXPECT_EQ(state.clients.at("shop").instances, 1U);
  report(1, 40, 7, "i-1", true);
  EXPECT_EQ(state.clients.at("shop").counters.acknowledged_records, 42U) << "a late duplicate";
}

TEST_F(ProducerJournalTest, WhatWentBackIsKnownAfterARestart) {
  report(1, 40);
  store_and_restart();
  producers::ProducerReport lower = document(2, 39);
  const auto news = producers::advance(state, lower, {}, std::chrono::steady_clock::now(),
                                       std::chrono::system_clock::now());
  ASSERT_FALSE(news);
  EXPECT_EQ(news.error(), producers::Refusal::kWentBack);
}

TEST_F(ProducerJournalTest, AFatalErrorIsOneInRowsAndJournalTogether) {
  take(3, true);
  store_and_restart();
  EXPECT_EQ(last_hour(), 1U);
  EXPECT_EQ(state.clients.at("shop").fatal_errors.at("UNKNOWN_PRODUCER_ID"), 1U);
  store_and_restart();
  take(4, true);
  EXPECT_EQ(last_hour(), 1U);
  EXPECT_EQ(state.clients.at("shop").fatal_errors.at("UNKNOWN_PRODUCER_ID"), 1U);
}

TEST_F(ProducerJournalTest, RowsOfThoseThatAreForgottenGo) {
  take(5, false);
  store_and_restart();
  producers::forget(state, std::chrono::steady_clock::now() + std::chrono::hours{2});
  producers::forget(state, std::chrono::steady_clock::now() + std::chrono::hours{4});
  ASSERT_THAT(state.clients, IsEmpty());
  store_and_restart();
  EXPECT_THAT(history->load("").rows, IsEmpty());
}

TEST_F(ProducerJournalTest, AnEventAndTheRowsThatSayItHappenedAreOneTransaction) {
  take(5, false);
  restart();
  take(6, false);
  EXPECT_THAT(kinds(), ElementsAre("producer_started"));
}

TEST_F(ProducerJournalTest, WithoutAnEventRowsWaitUntilTheyAreShown) {
  take(5, false);
  take(6, false);
  EXPECT_EQ(state.changed_instances.size(), 1U);
  journal->store(state);
  EXPECT_THAT(state.changed_instances, IsEmpty());
  EXPECT_THAT(state.changed_clients, IsEmpty());
  EXPECT_EQ(history->load("").rows.size(), 2U);
}

TEST_F(ProducerJournalTest, RowsOfTheFirstVersionAreRead) {
  take(5, false);
  journal->store(state);
  history::Change change;
  for (const auto& row : history->load("").rows) {
    // Version 1 had no retried records, which are last and absent here.
    ASSERT_EQ(row.state.front(), '\x02');
    ASSERT_EQ(row.state.back(), '\0');
    change.rows.topics[row.topic] = '\x01' + row.state.substr(1, row.state.size() - 2);
  }
  history->commit("", change);
  EXPECT_EQ(history::logged([&] { restart(); }), "");
  EXPECT_EQ(state.clients.at("shop").counters.transmitted_bytes, 50U);
  EXPECT_EQ(state.instances.size(), 1U);
}

TEST_F(ProducerJournalTest, ACorruptRowCostsNoOther) {
  take(5, false);
  journal->store(state);
  history::Change change;
  change.rows.topics["client/other"] = "\x01nonsense";
  change.rows.topics["instance/x@1@"] = "";
  history->commit("", change);
  const auto log = history::logged([&] { restart(); });
  EXPECT_THAT(log, testing::HasSubstr("corrupt"));
  EXPECT_EQ(state.clients.size(), 1U);
  EXPECT_EQ(state.clients.at("shop").counters.transmitted_bytes, 50U);
  journal->store(state);
  EXPECT_EQ(history->load("").rows.size(), 2U) << "they are removed";
}

TEST_F(ProducerJournalTest, OneThatSaysThatItEndsHasNotVanished) {
  producers::ProducerReport report;
  report.instance = "i-1";
  report.sequence = 1;
  report.client_id = "shop";
  report.ended = true;
  const auto now = std::chrono::steady_clock::now();
  const auto news = producers::advance(state, report, {}, now, std::chrono::system_clock::now());
  ASSERT_TRUE(news);
  journal->note(*news);
  journal->commit(state);
  journal->note_vanished(producers::forget(state, now + std::chrono::minutes{2}));
  journal->commit(state);
  EXPECT_THAT(kinds(), ElementsAre("producer_ended", "producer_started"));
  EXPECT_EQ(json::parse(history->events({})->events.at(0).details).at("instance"), "i-1");
}

}  // namespace
}  // namespace kie
