#include "exporter/journal/cluster_journal.h"

#include "collectors/loss/advance.h"
#include "collectors/replication/advance.h"
#include "tests/unit/collectors/quorum/snapshots.h"
#include "tests/unit/collectors/replication/snapshots.h"
#include "tests/unit/exporter/history/faulty_vfs.h"
#include "tests/unit/exporter/history/history_fixture.h"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace kie {
namespace {

using replication::test::absent;
using replication::test::brokers;
using replication::test::cluster;
using replication::test::kId;
using replication::test::kOtherId;
using replication::test::Row;
using replication::test::topic;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

using Begun = ClusterJournal::Begun;

/// One cluster, as its worker sees it, and the file.
class ClusterJournalTest : public history::HistoryFixture {
 protected:
  ClusterJournalTest() { restart(); }

  void restart() {
    kept.reset();
    kept.emplace(open(), self);
    known = std::make_unique<ClusterState>();
  }

  std::optional<std::string> recall() { return kept->recall("east", "kafka-1:9092", *known); }
  ClusterJournal::Begun begin(const std::string& id = "id-1") {
    return kept->begin(id, "east", "kafka-1:9092", *known);
  }

  /// As the worker takes a look in. Its topics must be sorted.
  std::vector<replication::ReplicationEvent> see(std::vector<model::TopicSnapshot> topics,
                                                 bool whole = true) {
    now += seconds{10};
    auto snapshot = cluster(now, std::move(topics));
    snapshot.covers_all_topics = whole;
    ClusterUpdate step;
    if (!whole) {
      step.topics.emplace();
      for (const auto& one : snapshot.topics) step.topics->push_back(one.name);
    }
    auto changes = replication::advance(known->replication, std::move(snapshot));
    for (const auto& event : changes.events)
      if (event.kind == replication::ReplicationEventKind::kDeleted)
        loss::topic_deleted(known->loss, event.topic, event.to);
    step.replication = changes.events;
    step.loss = loss::advance(known->loss, {std::move(changes.epoch_changes), {}, now, {}}, {});
    kept->commit(*known, step);
    return changes.events;
  }

  /// The leader of epoch 1 says that epoch 0 ends there.
  std::vector<loss::LossEvent> answer(std::int64_t end) {
    const model::EpochAnswer told{"orders",
                                  PartitionId{0},
                                  BrokerId{2},
                                  LeaderEpoch{1},
                                  kId,
                                  Offset{0},
                                  {{LeaderEpoch{0}, LeaderEpoch{0}, Offset{end}}}};
    ClusterUpdate step;
    step.topics = {"orders"};
    step.loss = loss::advance(known->loss, {{}, {told}, now, history::HistoryFixture::now()}, {});
    kept->commit(*known, step);
    return step.loss;
  }

  /// Two have the log up to 1500, then one, which dies; the other, which has 500, is elected.
  void lose_orders() {
    see({topic("orders", {healthy(1500)})});
    see({topic("orders",
               {{.isr = {1}, .replicas = {1, 2}, .epoch = 0, .latest = 1500, .earliest = 0}})});
    see({topic("orders", {{.leader = 2,
                           .isr = {2},
                           .replicas = {1, 2},
                           .epoch = 1,
                           .latest = 500,
                           .earliest = 0}})});
  }

  static Row healthy(std::int64_t latest) {
    return {.isr = {1, 2}, .replicas = {1, 2}, .epoch = 0, .latest = latest, .earliest = 0};
  }

  const replication::TopicState* find(const std::string& name) const {
    return replication::find_topic(known->replication, name);
  }

  /// The topics that have a row.
  std::vector<std::string> rows() const {
    std::vector<std::string> names;
    for (const auto& row : history->load("id-1").rows) names.push_back(row.topic);
    return names;
  }

  /// Makes each row one that would be seen if it were left as it is.
  void mark_rows() const {
    history::Change change;
    for (const auto& name : rows()) change.rows.topics.emplace(name, kMark);
    history->commit("id-1", std::move(change));
  }
  std::vector<std::string> written_since() const {
    std::vector<std::string> names;
    for (const auto& row : history->load("id-1").rows)
      if (row.state != kMark) names.push_back(row.topic);
    return names;
  }

  double counted(const std::string& kind) {
    return self.counter(exposition::FamilyId::kJournalEvents, {{"kind", kind}}).Value();
  }

  static constexpr const char* kMark = "mark";

  exposition::SelfMetrics self{"0.0.0", "test", "0.0.0"};
  std::optional<ClusterJournal> kept;
  std::unique_ptr<ClusterState> known;
  model::Instant now = std::chrono::steady_clock::now();
};

TEST_F(ClusterJournalTest, ThatNoControllerAnswersOutlivesARestart) {
  const auto ask = [&](model::ControllerSnapshot snapshot) {
    snapshot.at = now;
    kept->commit(*known, apply_controller(*known, snapshot));
  };
  begin();
  see({topic("orders", {healthy(500)})});
  ask(quorum::test::answered(0, 101, 7));
  ask(quorum::test::without(0, model::ControllerAnswer::kNone));
  EXPECT_EQ(counted("controller_lost"), 1);
  restart();
  recall();
  EXPECT_TRUE(known->quorum.is_lost);
  EXPECT_EQ(known->quorum.id, BrokerId{101});
  begin();
  ask(quorum::test::without(0, model::ControllerAnswer::kNone));
  EXPECT_EQ(counted("controller_lost"), 1) << "it is still the same";
  ask(quorum::test::answered(0, 102, 8));
  EXPECT_EQ(counted("controller_back"), 1);
  EXPECT_EQ(counted("controller_change"), 1);
  EXPECT_NE(find("orders"), nullptr);
}

TEST_F(ClusterJournalTest, WhatAnEntryOfTheConfigurationWasIsKnownBeforeKafkaAnswers) {
  EXPECT_EQ(recall(), std::nullopt);
  EXPECT_EQ(begin(), Begun::kLoaded);
  see({topic("orders", {healthy(500)})});
  restart();
  EXPECT_THAT(recall(), Optional(std::string("id-1")));
  ASSERT_NE(find("orders"), nullptr);
  EXPECT_EQ(find("orders")->partitions.at(0).committed, Offset{500});
  EXPECT_EQ(begin(), Begun::kAlready) << "it is known already";
  EXPECT_NE(find("orders"), nullptr);
}

TEST_F(ClusterJournalTest, AnotherNameOrOtherServersAreAnotherEntry) {
  begin();
  see({topic("orders", {healthy(500)})});
  restart();
  EXPECT_EQ(kept->recall("west", "kafka-1:9092", *known), std::nullopt);
  EXPECT_EQ(kept->recall("east", "kafka-2:9092", *known), std::nullopt);
  EXPECT_EQ(find("orders"), nullptr);
  EXPECT_EQ(kept->begin("id-1", "west", "kafka-2:9092", *known), Begun::kLoaded)
      << "by its id it is known again";
  EXPECT_NE(find("orders"), nullptr);
  restart();
  EXPECT_THAT(kept->recall("west", "kafka-2:9092", *known), Optional(std::string("id-1")));
}

TEST_F(ClusterJournalTest, AnotherClusterBehindTheSameEntryHasAHistoryOfItsOwn) {
  begin();
  see({topic("orders", {healthy(500)})});
  restart();
  recall();
  EXPECT_EQ(begin("id-2"), Begun::kLoaded);
  EXPECT_EQ(find("orders"), nullptr);
  see({topic("clicks", {healthy(1)})});
  restart();
  EXPECT_THAT(recall(), Optional(std::string("id-2")));
  EXPECT_NE(find("clicks"), nullptr);
  EXPECT_EQ(begin("id-1"), Begun::kLoaded);
  EXPECT_EQ(find("clicks"), nullptr);
  EXPECT_NE(find("orders"), nullptr);
}

TEST_F(ClusterJournalTest, WithoutAClusterNothingIsKept) {
  see({topic("clicks", {healthy(500)})});
  EXPECT_THAT(texts(), IsEmpty());
  begin();
  see({topic("orders", {healthy(500)})});
  kept->end();
  see({topic("orders", {healthy(700)}), topic("payments", {healthy(500)})});
  EXPECT_THAT(rows(), ElementsAre("orders"));
  restart();
  recall();
  EXPECT_EQ(find("orders")->partitions.at(0).committed, Offset{500});
}

TEST_F(ClusterJournalTest, OnlyRowsThatChangedAreWritten) {
  begin();
  const auto snapshot = [](std::int64_t a, std::int64_t b) {
    return std::vector{topic("a", {healthy(a)}), topic("b", {healthy(b)}),
                       topic("c", {healthy(7)})};
  };
  see(snapshot(1, 1));
  EXPECT_THAT(rows(), ElementsAre("a", "b", "c"));
  mark_rows();
  see(snapshot(1, 1));
  EXPECT_THAT(written_since(), IsEmpty());
  see(snapshot(1, 2));
  EXPECT_THAT(written_since(), ElementsAre("b"));
  see(snapshot(2, 2));
  EXPECT_THAT(written_since(), ElementsAre("a", "b"));
}

TEST_F(ClusterJournalTest, WhatDidNotChangeWhileNobodyLookedIsNotWrittenAfterARestart) {
  begin();
  see({topic("a", {healthy(1)}), topic("b", {healthy(1)})});
  restart();
  recall();
  // Only now: what is not understood would begin anew.
  mark_rows();
  begin();
  see({topic("a", {healthy(1)}), topic("b", {healthy(2)})});
  EXPECT_THAT(written_since(), ElementsAre("b"));
}

TEST_F(ClusterJournalTest, ASnapshotOfSomeTopicsWritesNoOthers) {
  begin();
  see({topic("a", {healthy(1)}), topic("b", {healthy(1)}), topic("c", {healthy(1)})});
  mark_rows();
  known->replication.topics.at(0).history.isr_expands = 7;
  see({topic("b", {healthy(2)})}, false);
  EXPECT_THAT(written_since(), ElementsAre("b"));
  see({topic("a", {healthy(1)}), topic("b", {healthy(2)}), topic("c", {healthy(1)})});
  EXPECT_THAT(written_since(), ElementsAre("a", "b"));
}

TEST_F(ClusterJournalTest, WhatIsNotWatchedAnyMoreIsRemoved) {
  begin();
  see({topic("a", {healthy(1)}), topic("b", {healthy(1)})});
  replication::forget_unless(known->replication,
                             [](const std::string& name) { return name == "a"; });
  see({topic("a", {healthy(1)})});
  EXPECT_THAT(rows(), ElementsAre("a"));
}

TEST_F(ClusterJournalTest, ADeletedTopicIsRememberedForItsHourAndKnownAgain) {
  begin();
  see({topic("a", {healthy(1)}), topic("b", {{.isr = {1, 2}}})});
  see({topic("a", {healthy(1)}), topic("b", {{.isr = {1}}})});
  see({topic("a", {healthy(1)}), absent("b", model::Presence::kDeleted)});
  restart();
  recall();
  ASSERT_TRUE(known->replication.deleted.contains("b"));
  begin();
  const auto events = see({topic("a", {healthy(1)}), topic("b", {{.isr = {1, 2}}}, kOtherId)});
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, replication::ReplicationEventKind::kRecreated);
  EXPECT_EQ(find("b")->history.isr_shrinks, 1U);
  see({topic("a", {healthy(1)}), absent("b", model::Presence::kDeleted)});
  EXPECT_THAT(rows(), ElementsAre("a", "b"));
  now += std::chrono::hours{1};
  see({topic("a", {healthy(1)})});
  EXPECT_THAT(rows(), ElementsAre("a"));
}

TEST_F(ClusterJournalTest, ADamagedRowBeginsAnewAndTheOthersStay) {
  begin();
  see({topic("a", {healthy(1)}), topic("b", {healthy(1)}), topic("c", {healthy(1)})});
  history->commit("id-1", {.rows = {.topics = {{"b", "no row"}, {"c", ""}}}});
  restart();
  const auto line = history::logged([&] { recall(); });
  EXPECT_THAT(line, HasSubstr("history rows are corrupt"));
  EXPECT_THAT(line, HasSubstr("rows=2 first=b"));
  EXPECT_NE(find("a"), nullptr);
  EXPECT_EQ(find("b"), nullptr);
  begin();
  EXPECT_THAT(see({topic("a", {healthy(1)}), topic("b", {healthy(1)})}), IsEmpty());
  EXPECT_THAT(rows(), ElementsAre("a", "b")) << "of what is not there the damaged row goes, too";
  restart();
  EXPECT_THAT(history::logged([&] { recall(); }), IsEmpty());
  EXPECT_NE(find("b"), nullptr);
}

TEST_F(ClusterJournalTest, ADamagedRowOfTheClusterLeavesTheTopics) {
  begin();
  lose_orders();
  history->commit("id-1", {.rows = {.state = "no row"}});
  restart();
  EXPECT_THAT(history::logged([&] { recall(); }), HasSubstr("history rows are corrupt"));
  EXPECT_EQ(find("orders")->history.isr_shrinks, 1U);
  EXPECT_THAT(known->replication.elections, ElementsAre(0, 0, 0));
}

TEST_F(ClusterJournalTest, AnotherFileGetsAll) {
  begin();
  see({topic("a", {healthy(1)}), topic("b", {healthy(1)})});
  std::filesystem::remove(options.path);
  testing::internal::CaptureStderr();
  // The first finds that the file is gone, and the next knows it.
  see({topic("a", {healthy(2)}), topic("b", {healthy(1)})});
  see({topic("a", {healthy(2)}), topic("b", {healthy(1)})});
  testing::internal::GetCapturedStderr();
  EXPECT_THAT(rows(), ElementsAre("a", "b"));
  restart();
  EXPECT_NE(recall(), std::nullopt) << "which cluster the entry is";
}

TEST_F(ClusterJournalTest, AnotherFileGetsAllAlsoWhileKafkaIsDown) {
  begin();
  see({topic("a", {healthy(1)}), topic("b", {healthy(1)})});
  std::filesystem::remove(options.path);
  testing::internal::CaptureStderr();
  kept->retry(*known);
  kept->retry(*known);
  testing::internal::GetCapturedStderr();
  restart();
  EXPECT_NE(recall(), std::nullopt);
  EXPECT_NE(find("a"), nullptr);
  EXPECT_NE(find("b"), nullptr);
}

TEST_F(ClusterJournalTest, AFileThatCannotBeReadNowIsReadLater) {
  history::FaultyVfs disk;
  options.vfs = history::FaultyVfs::name();
  restart();
  begin();
  see({topic("orders", {healthy(500)}), topic("payments", {healthy(500)})});
  for (const int failures : {1, 100}) {
    restart();
    testing::internal::CaptureStderr();
    disk.set(history::FaultyVfs::Fault::kReadersFail);
    EXPECT_EQ(recall(), std::nullopt);
    for (int i = 0; i < failures; ++i) {
      begin();
      see({topic("orders", {healthy(700)})});
    }
    disk.set(history::FaultyVfs::Fault::kNone);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("the history cannot be read"));
    begin();
    EXPECT_EQ(find("payments") != nullptr, failures == 1) << "not for ever: events must be kept";
  }
  restart();
  kept.reset();
  history.reset();
}

TEST_F(ClusterJournalTest, CountersAndWindowsGoOn) {
  begin();
  lose_orders();
  ASSERT_EQ(answer(500).size(), 2U) << "a loss and its election";
  restart();
  recall();
  // Two clocks are read one after the other, so that a time may have moved by a little.
  const auto expired = now + std::chrono::hours{1} + std::chrono::seconds{10};
  const auto& topic = *find("orders");
  EXPECT_EQ(topic.history.isr_shrinks, 1U);
  EXPECT_EQ(topic.history.leader_changes, 1U);
  EXPECT_EQ(replication::shrinks_last_hour(topic.history, now), 1U);
  EXPECT_EQ(replication::shrinks_last_hour(topic.history, expired), 0U);
  EXPECT_THAT(known->replication.elections, ElementsAre(0, 1, 0)) << "from outside";
  const auto& lost = known->loss.topics.at("orders");
  EXPECT_EQ(lost.lost, 1000U);
  EXPECT_EQ(lost.unclean_elections, 1U);
  EXPECT_EQ(loss::last_hour(lost.recent_lost, now), 1000U);
  EXPECT_EQ(loss::last_hour(lost.recent_lost, expired), 0U);
  EXPECT_NE(lost.last_loss, std::nullopt);
  EXPECT_THAT(known->loss.assessments, ElementsAre(0, 1, 0));
}

TEST_F(ClusterJournalTest, AQuestionThatWasOpenIsAnsweredByTheNextProcess) {
  begin();
  lose_orders();
  EXPECT_EQ(loss::count_pending(known->loss), 1U);
  restart();
  recall();
  EXPECT_EQ(loss::count_pending(known->loss), 1U);
  begin();
  const auto events = answer(500);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].first, Offset{500});
  EXPECT_EQ(events[0].end, Offset{1500});
  EXPECT_EQ(events[0].verdict, loss::ElectionVerdict::kUnclean);
  EXPECT_THAT(texts(), ElementsAre("unclean_election orders", "loss orders", "election orders",
                                   "leader_change orders", "isr_shrink orders"));
  EXPECT_EQ(loss::count_pending(known->loss), 0U);
}

TEST_F(ClusterJournalTest, AnElectionWhileNobodyLookedIsJudgedByTheLastIsrKnown) {
  begin();
  see({topic("orders", {healthy(500)})});
  see({topic("orders",
             {{.isr = {1}, .replicas = {1, 2}, .epoch = 0, .latest = 1500, .earliest = 0}})});
  const auto last_poll = now;
  restart();
  recall();
  EXPECT_EQ(find("orders")->partitions.at(0).last_isr, brokers({1}));
  // A process that starts and ends while Kafka cannot be reached.
  kept->retry(*known);
  restart();
  recall();
  begin();
  now += seconds{600};
  see({topic(
      "orders",
      {{.leader = 2, .isr = {2}, .replicas = {1, 2}, .epoch = 1, .latest = 4500, .earliest = 0}})});
  const auto events = answer(500);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].first, Offset{500});
  EXPECT_EQ(events[0].end, Offset{1500});
  EXPECT_EQ(events[1].kind, loss::LossEventKind::kUncleanElection);
  // It happened between the last look of the process before and the first of this one.
  const auto page = history->events({.kinds = {"loss", "election"}});
  ASSERT_TRUE(page);
  ASSERT_EQ(page->events.size(), 2U);
  const history::Clocks clocks{std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
  for (const auto& event : page->events) {
    EXPECT_LT(std::chrono::abs(event.from - clocks.to_time(last_poll)), seconds{1}) << event.kind;
    EXPECT_LT(std::chrono::abs(event.to - clocks.to_time(now)), seconds{1}) << event.kind;
  }
}

TEST_F(ClusterJournalTest, EventsAreInTheJournalAndCounted) {
  EXPECT_EQ(counted("loss"), 0);
  begin();
  lose_orders();
  answer(500);
  EXPECT_EQ(counted("isr_shrink"), 1);
  EXPECT_EQ(counted("loss"), 1);
  EXPECT_EQ(counted("unclean_election"), 1);
  EXPECT_EQ(counted("isr_expand"), 0);
  EXPECT_EQ(self.gauge(exposition::FamilyId::kJournalWritable).Value(), 1);
  EXPECT_GT(self.gauge(exposition::FamilyId::kJournalBytes).Value(), 0);
}

}  // namespace
}  // namespace kie
