#include "collectors/replication/advance.h"

#include "tests/unit/collectors/replication/snapshots.h"

namespace kie::replication {
namespace {

using model::Presence;
using test::absent;
using test::at;
using test::brokers;
using test::cluster;
using test::happened;
using test::kinds;
using test::topic;
using test::Watched;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::UnorderedElementsAre;

// The rows of METRICS.md's table of events.

TEST(Advance, NothingHappensWhereNothingChanges) {
  Watched watched{{}};
  EXPECT_THAT(watched.see({}), IsEmpty());
  EXPECT_EQ(watched.partition().seen, watched.now);
}

TEST(Advance, TheFirstSnapshotIsNoEvent) {
  ReplicationState state;
  EXPECT_THAT(happened(state, cluster(at(0), {topic("orders", {{.leader = std::nullopt, .isr = {1}},
                                                               {.partition = 1, .isr = {1}}})})),
              IsEmpty());
  EXPECT_EQ(state.topics.size(), 1U);
  EXPECT_EQ(state.topics[0].history.isr_shrinks, 0U);
}

TEST(Advance, AShrinkCountsOnceHoweverManyLeft) {
  Watched watched{{}};
  EXPECT_THAT(watched.see({.isr = {1}}), ElementsAre("isr_shrink"));
  EXPECT_EQ(watched.history().isr_shrinks, 1U);
  EXPECT_EQ(watched.history().isr_expands, 0U);
  EXPECT_EQ(watched.history().leader_changes, 0U);
}

TEST(Advance, AnExpandCountsOnceHoweverManyCame) {
  Watched watched{{.isr = {1}}};
  EXPECT_THAT(watched.see({}), ElementsAre("isr_expand"));
  EXPECT_EQ(watched.history().isr_expands, 1U);
  EXPECT_EQ(watched.history().isr_shrinks, 0U);
}

TEST(Advance, AMemberExchangedForAnotherIsBoth) {
  Watched watched{{.leader = 2, .isr = {1, 2}}};
  EXPECT_THAT(watched.see({.leader = 2, .isr = {2, 3}}),
              UnorderedElementsAre("isr_shrink", "isr_expand"));
  EXPECT_EQ(watched.history().isr_shrinks, 1U);
  EXPECT_EQ(watched.history().isr_expands, 1U);
}

TEST(Advance, TheOrderOfTheIsrIsNoChange) {
  Watched watched{{.isr = {1, 2, 3}}};
  EXPECT_THAT(watched.see({.isr = {3, 1, 2}}), IsEmpty());
}

TEST(Advance, AnElectionFromTheIsrIsAShrinkAndALeaderChange) {
  Watched watched{{.isr = {1, 2}, .epoch = 4}};
  EXPECT_THAT(watched.see({.leader = 2, .isr = {2}, .epoch = 5}),
              UnorderedElementsAre("isr_shrink", "leader_change", "election"));
  EXPECT_EQ(watched.history().isr_shrinks, 1U);
  EXPECT_EQ(watched.history().leader_changes, 1U);
}

TEST(Advance, AnElectionFromOutsideReplacesTheIsrAndIsNeitherShrinkNorExpand) {
  Watched watched{{.isr = {1}, .epoch = 4}};
  EXPECT_THAT(watched.see({.leader = 2, .isr = {2}, .epoch = 5}),
              ElementsAre("leader_change", "election"));
  EXPECT_EQ(watched.history().isr_shrinks, 0U);
  EXPECT_EQ(watched.history().isr_expands, 0U);
  EXPECT_EQ(watched.history().leader_changes, 1U);
}

TEST(Advance, LosingTheLeaderIsOfflineAndNothingElse) {
  for (const auto& left : {std::vector{1}, std::vector<int>{}}) {
    Watched watched{{.isr = {1}}};
    EXPECT_THAT(watched.see({.leader = std::nullopt, .isr = left}), ElementsAre("offline"));
    EXPECT_THAT(watched.see({.leader = std::nullopt, .isr = left}), IsEmpty());
    EXPECT_EQ(watched.history().isr_shrinks, 0U);
    EXPECT_EQ(watched.history().leader_changes, 0U);
  }
}

TEST(Advance, TheOldLeaderComingBackIsOnlineAndNoLeaderChange) {
  for (const auto& left : {std::vector{1}, std::vector<int>{}}) {
    Watched watched{{.isr = {1}, .epoch = 0}};
    watched.see({.leader = std::nullopt, .isr = left});
    EXPECT_THAT(watched.see({.isr = {1}, .epoch = 2}), ElementsAre("online", "election"));
    EXPECT_EQ(watched.history().isr_shrinks, 0U);
    EXPECT_EQ(watched.history().isr_expands, 0U);
    EXPECT_EQ(watched.history().leader_changes, 0U);
  }
}

TEST(Advance, AnotherLeaderAfterNoneIsOnlineAndALeaderChange) {
  for (const auto& left : {std::vector{1}, std::vector<int>{}}) {
    Watched watched{{.isr = {1}, .epoch = 0}};
    watched.see({.leader = std::nullopt, .isr = left});
    EXPECT_THAT(watched.see({.leader = 2, .isr = {2}, .epoch = 2}),
                UnorderedElementsAre("online", "leader_change", "election"));
    EXPECT_EQ(watched.history().isr_shrinks, 0U) << "the ISR was replaced";
    EXPECT_EQ(watched.history().isr_expands, 0U);
    EXPECT_EQ(watched.history().leader_changes, 1U);
  }
}

TEST(Advance, TheLastIsrOfALeaderlessPartitionIsTheOneThatWasNotEmpty) {
  Watched watched{{.isr = {1, 2}}};
  watched.see({.leader = std::nullopt, .isr = {}});
  EXPECT_THAT(watched.partition().isr, IsEmpty());
  EXPECT_EQ(watched.partition().last_isr, brokers({1, 2}));
  // Back without 2, which is gone from the last ISR.
  EXPECT_THAT(watched.see({.isr = {1}}), UnorderedElementsAre("online", "isr_shrink", "election"));
}

TEST(Advance, AnIsrThatChangesWhileNobodyLeadsIsNoShrink) {
  Watched watched{{.isr = {1, 2}}};
  watched.see({.leader = std::nullopt, .isr = {1}});
  EXPECT_EQ(watched.partition().last_isr, brokers({1}));
  EXPECT_THAT(watched.see({.isr = {1}}), ElementsAre("online", "election"));
  EXPECT_EQ(watched.history().isr_shrinks, 0U);
}

TEST(Advance, ALeaderAfterAFirstSnapshotWithoutOneIsOnlineOnly) {
  Watched watched{{.leader = std::nullopt, .isr = {}}};
  EXPECT_THAT(watched.see({.leader = 2, .isr = {2}}), ElementsAre("online", "election"))
      << "nobody knows who led before";
  EXPECT_EQ(watched.history().leader_changes, 0U);
  EXPECT_THAT(watched.state.elections, ElementsAre(0, 0, 1)) << "nor who was in sync";
  watched.see({.leader = 2, .isr = {2}, .epoch = 1, .latest = 5});
  watched.see({.leader = 2, .isr = {2}, .epoch = 2, .latest = 5});
  ASSERT_EQ(watched.changes.epoch_changes.size(), 1U);
  EXPECT_FALSE(watched.changes.epoch_changes[0].from_outside);
}

TEST(Advance, EventsSayHowItWasAndHowItIs) {
  Watched watched{{.isr = {1, 2}, .epoch = 4}};
  watched.see({.leader = 2, .isr = {2}, .epoch = 5});
  ASSERT_EQ(watched.changes.events.size(), 3U);
  for (const auto& event : watched.changes.events) {
    EXPECT_EQ(event.topic, "orders");
    EXPECT_EQ(event.partition, PartitionId{0});
    EXPECT_EQ(event.broker, std::nullopt);
    EXPECT_EQ(event.leader_before, BrokerId{1});
    EXPECT_EQ(event.leader_after, BrokerId{2});
    EXPECT_EQ(event.isr_before, brokers({1, 2}));
    EXPECT_EQ(event.isr_after, brokers({2}));
    EXPECT_EQ(event.from, at(10));
    EXPECT_EQ(event.to, at(20));
  }
  watched.see({.leader = std::nullopt, .isr = {}});
  ASSERT_EQ(watched.changes.events.size(), 1U);
  EXPECT_EQ(watched.changes.events[0].leader_before, BrokerId{2});
  EXPECT_EQ(watched.changes.events[0].leader_after, std::nullopt);
}

// Leader epochs.

TEST(Advance, AnEpochThatGrowsUnderTheSameLeaderIsABumpAndNoElection) {
  Watched watched{{.epoch = 0}};
  EXPECT_THAT(watched.see({.epoch = 2}), ElementsAre("epoch_change"));
  EXPECT_EQ(watched.history().leader_changes, 0U);
  EXPECT_THAT(watched.see({.epoch = 2}), IsEmpty());
}

TEST(Advance, AnEpochThatGrowsWithAnElectionIsNoBump) {
  Watched watched{{.epoch = 0}};
  EXPECT_THAT(watched.see({.leader = 2, .epoch = 1}), ElementsAre("leader_change", "election"));
}

TEST(Advance, TheEpochOfAnElectionThatIsHeardOfLaterIsNoBump) {
  Watched watched{{.epoch = 0}};
  // The new leader did not answer for its offsets yet.
  watched.see({.leader = 2});
  EXPECT_THAT(watched.see({.leader = 2, .epoch = 1}), IsEmpty());
  EXPECT_THAT(watched.see({.leader = 2, .epoch = 2}), ElementsAre("epoch_change"));
}

TEST(Advance, TheEpochAfterALeaderlessTimeIsNoBump) {
  Watched watched{{.isr = {1}, .epoch = 0}};
  watched.see({.leader = std::nullopt, .isr = {1}});
  watched.see({.isr = {1}});
  EXPECT_THAT(watched.see({.isr = {1}, .epoch = 2}), IsEmpty());
}

TEST(Advance, TheFirstEpochHeardOfIsNoBump) {
  Watched watched{{}};
  EXPECT_THAT(watched.see({.epoch = 7}), IsEmpty());
  EXPECT_THAT(watched.partition().leader_epoch, Optional(LeaderEpoch{7}));
}

TEST(Advance, ARowOfALowerEpochIsOldNewsAndRefreshesNothing) {
  Watched watched{{.leader = 2, .isr = {2, 3}, .epoch = 5, .latest = 900}};
  const auto before = watched.partition();
  EXPECT_THAT(watched.see({.leader = 1, .isr = {1, 2, 3}, .epoch = 4, .latest = 700}), IsEmpty());
  EXPECT_EQ(watched.partition().leader, BrokerId{2});
  EXPECT_EQ(watched.partition().isr, brokers({2, 3}));
  EXPECT_THAT(watched.partition().latest, Optional(Offset{900}));
  EXPECT_EQ(watched.partition().seen, before.seen);
  EXPECT_EQ(watched.partition().offsets_seen, before.offsets_seen);
  EXPECT_EQ(watched.history().leader_changes, 0U);
}

// What is not sure.

TEST(Advance, AChangeThatNobodyConfirmsIsNotCountedAndNotRefreshed) {
  Watched watched{{.epoch = 3, .latest = 10}};
  const auto before = watched.partition();
  EXPECT_THAT(watched.see({.isr = {1}, .epoch = 3, .latest = 20, .confirmed = false}), IsEmpty());
  EXPECT_EQ(watched.partition().isr, brokers({1, 2, 3}));
  EXPECT_EQ(watched.partition().seen, before.seen);
  EXPECT_EQ(watched.partition().latest, before.latest);
  EXPECT_EQ(watched.history().isr_shrinks, 0U);
  // Heard again, and confirmed, it counts.
  EXPECT_THAT(watched.see({.isr = {1}, .epoch = 3}), ElementsAre("isr_shrink"));
}

TEST(Advance, WhatDidNotChangeNeedsNoSecondVoice) {
  Watched watched{{.latest = 10}};
  EXPECT_THAT(watched.see({.latest = 20, .confirmed = false}), IsEmpty());
  EXPECT_EQ(watched.partition().seen, watched.now);
  EXPECT_THAT(watched.partition().latest, Optional(Offset{20}));
}

TEST(Advance, ARowThatIsContradictedKeepsWhatWasKnown) {
  Watched watched{{.epoch = 3, .latest = 10}};
  const auto before = watched.partition();
  EXPECT_THAT(watched.see({.isr = {1}, .epoch = 4, .latest = 20, .unknown = true}), IsEmpty());
  EXPECT_EQ(watched.partition().leadership, Leadership::kLeader);
  EXPECT_EQ(watched.partition().isr, brokers({1, 2, 3}));
  EXPECT_EQ(watched.partition().seen, before.seen);
  EXPECT_THAT(watched.partition().latest, Optional(Offset{10}));
  EXPECT_THAT(watched.partition().leader_epoch, Optional(LeaderEpoch{3}));
}

TEST(Advance, APartitionFirstSeenContradictedStartsWithTheFirstSureRow) {
  Watched watched{{.unknown = true}};
  EXPECT_EQ(watched.partition().seen, std::nullopt);
  EXPECT_THAT(watched.see({.leader = 2, .isr = {2}}), IsEmpty());
  EXPECT_EQ(watched.partition().leader, BrokerId{2});
  EXPECT_EQ(watched.partition().seen, watched.now);
  EXPECT_EQ(watched.partition().last_isr, brokers({2}));
}

TEST(Advance, OffsetsHeardBeforeTheFirstSureRowAreKept) {
  Watched watched{{.epoch = 5, .latest = 10, .unknown = true}};
  watched.see({});
  EXPECT_THAT(watched.partition().leader_epoch, Optional(LeaderEpoch{5}));
  EXPECT_THAT(watched.partition().latest, Optional(Offset{10}));
  EXPECT_THAT(watched.see({.leader = 2, .epoch = 4}), IsEmpty()) << "old news";
}

TEST(Advance, ATopicThatMayNotBeDescribedKeepsWhatWasKnown) {
  for (const auto presence : {Presence::kUnauthorized, Presence::kUnknown}) {
    Watched watched{{.epoch = 1}};
    const auto seen = watched.partition().seen;
    EXPECT_THAT(kinds(advance(watched.state, cluster(at(20), {absent("orders", presence)}))),
                IsEmpty());
    EXPECT_EQ(watched.partition().seen, seen);
    EXPECT_THAT(watched.state.deleted, IsEmpty());
  }
}

TEST(Advance, ATopicOnlyHeardOfIsNotKnown) {
  ReplicationState state;
  advance(state,
          cluster(at(0), {absent("a", Presence::kUnauthorized), absent("b", Presence::kDeleted),
                          absent("c", Presence::kUnknown)}));
  EXPECT_THAT(state.topics, IsEmpty());
}

// Offsets.

TEST(Advance, OffsetsAreTakenWithTheTimeTheyWereSeen) {
  Watched watched{{.epoch = 1, .latest = 10, .earliest = 2}};
  watched.see({.epoch = 1, .latest = 30, .earliest = 4});
  EXPECT_THAT(watched.partition().latest, Optional(Offset{30}));
  EXPECT_THAT(watched.partition().earliest, Optional(Offset{4}));
  EXPECT_EQ(watched.partition().offsets_seen, watched.now);
}

TEST(Advance, EarliestCountsOnlyBesideLatest) {
  Watched watched{{.latest = 10, .earliest = 2}};
  const auto seen = watched.partition().offsets_seen;
  watched.see({.earliest = 5});
  EXPECT_THAT(watched.partition().earliest, Optional(Offset{2}));
  EXPECT_EQ(watched.partition().offsets_seen, seen);
  EXPECT_EQ(watched.partition().seen, watched.now);
}

TEST(Advance, AnUnansweredQuestionForOffsetsKeepsTheLastOnes) {
  Watched watched{{.epoch = 1, .latest = 10, .earliest = 2}};
  const auto seen = watched.partition().offsets_seen;
  watched.see({});
  EXPECT_THAT(watched.partition().latest, Optional(Offset{10}));
  EXPECT_THAT(watched.partition().leader_epoch, Optional(LeaderEpoch{1}));
  EXPECT_EQ(watched.partition().offsets_seen, seen);
}

// The window.

TEST(Advance, ShrinksOlderThanAnHourAreForgotten) {
  Watched watched{{}};
  watched.see({.isr = {1, 2}});
  watched.now += std::chrono::minutes{59};
  watched.see({.isr = {1}});
  EXPECT_EQ(shrinks_last_hour(watched.history(), watched.now), 2U);
  watched.see({.isr = {1}});
  watched.now += std::chrono::minutes{1};
  watched.see({.isr = {1}});
  EXPECT_EQ(watched.history().recent_shrinks.size(), 1U);
  EXPECT_EQ(shrinks_last_hour(watched.history(), watched.now), 1U);
  EXPECT_EQ(watched.history().isr_shrinks, 2U) << "the counter keeps them";
}

}  // namespace
}  // namespace kie::replication
