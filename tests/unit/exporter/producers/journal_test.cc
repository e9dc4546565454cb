#include "exporter/producers/journal.h"

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
    journal->recall(state);
  }

  void take(int age, bool is_fatal, const std::string& name = "shop#producer-1") {
    Statistics one;
    one.name = name;
    one.client_id = "shop";
    one.started = 77;
    one.age = age;
    one.transmitted_bytes = 10;
    if (is_fatal) one.fatal = producers::Fatal{"Broker: Unknown Producer Id", "why"};
    const auto news = producers::advance(state, one, {}, std::chrono::steady_clock::now(),
                                         std::chrono::system_clock::now());
    ASSERT_TRUE(news);
    journal->note(*news);
    journal->commit();
  }

  std::vector<std::string> kinds() {
    std::vector<std::string> all;
    const auto page = history->events({});
    for (const auto& event : page->events) all.push_back(event.kind);
    return all;
  }

  std::uint64_t last_hour() const {
    return fatal_errors_last_hour(state, "UNKNOWN_PRODUCER_ID", std::chrono::steady_clock::now());
  }

  exposition::SelfMetrics self{"0.0.0", "test", "0.0.0"};
  std::optional<ProducerJournal> journal;
  producers::ProducersState state;
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
  EXPECT_EQ(state.clients.at("shop").instances, 0U);
  take(9, true);
  EXPECT_EQ(last_hour(), 1U);
  EXPECT_EQ(state.clients.at("shop").instances, 1U);
  EXPECT_EQ(state.clients.at("shop").counters.transmitted_bytes, 10U);
  take(9, true, "shop#producer-2");
  EXPECT_EQ(last_hour(), 2U) << "another instance";
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
  take(1, false);
  journal->note_vanished(
      producers::forget(state, std::chrono::steady_clock::now() + std::chrono::minutes{2}));
  journal->commit();
  EXPECT_THAT(kinds(), ElementsAre("producer_vanished", "producer_started"));
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
  journal->commit();
  journal->note_vanished(producers::forget(state, now + std::chrono::minutes{2}));
  journal->commit();
  EXPECT_THAT(kinds(), ElementsAre("producer_ended", "producer_started"));
  EXPECT_EQ(json::parse(history->events({})->events.at(0).details).at("instance"), "i-1");
}

}  // namespace
}  // namespace kie
