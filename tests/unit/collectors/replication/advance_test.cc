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
using test::kId;
using test::kinds;
using test::kOtherId;
using test::kZero;
using test::Row;
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

TEST(Advance, TheFirstLookIsNoEvent) {
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

TEST(Advance, ALeaderAfterAFirstLookWithoutOneIsOnlineOnly) {
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

// Assignments.

TEST(Advance, AReplicaThatIsAddedIsNotMissingUntilItWasInSync) {
  Watched watched{{.isr = {1, 2}, .replicas = {1, 2}}};
  EXPECT_THAT(watched.see({.isr = {1, 2}, .replicas = {1, 2, 3}}),
              ElementsAre("reassignment_started"));
  EXPECT_EQ(watched.partition().adding, brokers({3}));
  EXPECT_THAT(watched.see({.isr = {1, 2, 3}, .replicas = {1, 2, 3}}),
              ElementsAre("reassignment_ended"));
  EXPECT_THAT(watched.partition().adding, IsEmpty());
  EXPECT_EQ(watched.history().isr_expands, 0U);
  // From now on it is one like the others.
  EXPECT_THAT(watched.see({.isr = {1, 2}, .replicas = {1, 2, 3}}), ElementsAre("isr_shrink"));
  EXPECT_THAT(watched.partition().adding, IsEmpty());
  EXPECT_THAT(watched.see({.isr = {1, 2, 3}, .replicas = {1, 2, 3}}), ElementsAre("isr_expand"));
}

TEST(Advance, AtTheFirstLookAllReplicasAreEstablished) {
  Watched watched{{.isr = {1, 2}, .replicas = {1, 2, 3}}};
  EXPECT_THAT(watched.partition().adding, IsEmpty());
  EXPECT_THAT(watched.see({}), ElementsAre("isr_expand"));
}

TEST(Advance, AWholeMoveIsAReassignmentAndNeitherShrinkNorExpand) {
  Watched watched{{.isr = {1, 2}, .replicas = {1, 2}, .epoch = 0}};
  EXPECT_THAT(watched.see({.isr = {1, 2}, .replicas = {3, 2, 1}, .epoch = 0}),
              ElementsAre("reassignment_started"));
  EXPECT_THAT(watched.see({.isr = {1, 2, 3}, .replicas = {3, 2, 1}, .epoch = 0}),
              ElementsAre("reassignment_ended"));
  EXPECT_THAT(watched.see({.leader = 3, .isr = {2, 3}, .replicas = {3, 2}, .epoch = 1}),
              UnorderedElementsAre("reassignment_ended", "leader_change", "election"));
  EXPECT_EQ(watched.history().isr_shrinks, 0U);
  EXPECT_EQ(watched.history().isr_expands, 0U);
}

TEST(Advance, AMoveBetweenTwoLooksBringsALeaderWhoIsNotFromOutside) {
  Watched watched{{.isr = {1, 2}, .replicas = {1, 2}}};
  EXPECT_THAT(watched.see({.leader = 3, .isr = {2, 3}, .replicas = {3, 2}}),
              UnorderedElementsAre("reassignment_ended", "leader_change", "election"));
  EXPECT_EQ(watched.history().isr_shrinks, 0U);
  EXPECT_EQ(watched.history().isr_expands, 0U);
}

TEST(Advance, AnEstablishedMemberLostDuringAMoveIsAShrink) {
  Watched watched{{.isr = {1, 2}, .replicas = {1, 2}}};
  watched.see({.isr = {1, 2}, .replicas = {1, 2, 3}});
  EXPECT_THAT(watched.see({.isr = {1}, .replicas = {1, 2, 3}}), ElementsAre("isr_shrink"));
  EXPECT_EQ(watched.partition().adding, brokers({3}));
}

TEST(Advance, AMoveThatIsTakenBackEndsWithoutHavingChangedTheIsr) {
  Watched watched{{.isr = {1, 2}, .replicas = {1, 2}}};
  watched.see({.isr = {1, 2}, .replicas = {1, 2, 3}});
  EXPECT_THAT(watched.see({.isr = {1, 2}, .replicas = {1, 2}}), ElementsAre("reassignment_ended"));
  EXPECT_THAT(watched.partition().adding, IsEmpty());
}

TEST(Advance, TheSameReplicasInAnotherOrderAreNoReassignment) {
  Watched watched{{}};
  EXPECT_THAT(watched.see({.replicas = {2, 1, 3}}), IsEmpty());
  EXPECT_EQ(watched.partition().replicas, brokers({2, 1, 3}));
}

// Topics that go and come.

TEST(Advance, AnotherTopicIdIsARecreationAndNothingElse) {
  Watched watched{{.epoch = 5, .latest = 900}};
  watched.see({.isr = {1, 2}, .epoch = 5, .latest = 900});
  EXPECT_THAT(watched.see({.leader = 2, .isr = {2}, .epoch = 0, .latest = 0}, kOtherId),
              ElementsAre("recreated"));
  EXPECT_EQ(watched.state.topic_recreations, 1U);
  EXPECT_EQ(watched.orders().id, kOtherId);
  EXPECT_EQ(watched.partition().leader, BrokerId{2});
  EXPECT_THAT(watched.partition().leader_epoch, Optional(LeaderEpoch{0}));
  EXPECT_THAT(watched.partition().latest, Optional(Offset{0}));
  EXPECT_EQ(watched.history().isr_shrinks, 1U) << "the counters go on";
  EXPECT_EQ(watched.history().leader_changes, 0U);
}

TEST(Advance, APartitionThatTheNewTopicDoesNotHaveIsForgotten) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("orders", {{}, {.partition = 1}})}));
  advance(state, cluster(at(10), {topic("orders", {{}}, kOtherId)}));
  ASSERT_EQ(state.topics.size(), 1U);
  EXPECT_EQ(state.topics[0].partitions.size(), 1U);
}

TEST(Advance, AnIdThatWasNotAskedForIsNoOtherTopic) {
  Watched watched{{}};
  EXPECT_THAT(watched.see({}, std::nullopt), IsEmpty());
  EXPECT_EQ(watched.orders().id, kId);
}

TEST(Advance, AnIdLearntLaterIsNoOtherTopic) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("orders", {{}}, std::nullopt)}));
  EXPECT_THAT(happened(state, cluster(at(10), {topic("orders", {{}}, kOtherId)})), IsEmpty());
  EXPECT_EQ(state.topics[0].id, kOtherId);
}

TEST(Advance, WithoutIdsALowerEpochThatIsConfirmedIsARecreation) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("orders", {{.epoch = 5, .latest = 900}}, kZero)}));
  EXPECT_THAT(
      kinds(advance(state, cluster(at(10), {topic("orders", {{.epoch = 0, .latest = 3}}, kZero)}))),
      ElementsAre("recreated"));
  EXPECT_THAT(state.topics[0].partitions[0].latest, Optional(Offset{3}));
}

TEST(Advance, WithoutIdsALowerEpochThatNobodyConfirmsIsOldNews) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("orders", {{.epoch = 5, .latest = 900}}, kZero)}));
  EXPECT_THAT(
      happened(state,
               cluster(at(10),
                       {topic("orders", {{.epoch = 0, .latest = 3, .confirmed = false}}, kZero)})),
      IsEmpty());
  EXPECT_THAT(state.topics[0].partitions[0].latest, Optional(Offset{900}));
}

TEST(Advance, WithoutIdsTheSameEpochProvesNothing) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("orders", {{.epoch = 0, .latest = 900}}, kZero)}));
  EXPECT_THAT(
      happened(state, cluster(at(10), {topic("orders", {{.epoch = 0, .latest = 3}}, kZero)})),
      IsEmpty());
}

TEST(Advance, ADeletedTopicGoesAtOnceButItsHistoryStaysAnHour) {
  Watched watched{{}};
  watched.see({.isr = {1}});
  EXPECT_THAT(
      kinds(advance(watched.state, cluster(at(30), {absent("orders", Presence::kDeleted)}))),
      ElementsAre("deleted"));
  EXPECT_EQ(find_topic(watched.state, "orders"), nullptr);
  ASSERT_TRUE(watched.state.deleted.contains("orders"));
  EXPECT_EQ(shrinks_last_hour(watched.state.deleted.at("orders").history, at(40)), 1U);
  advance(watched.state, cluster(at(30 + 3599), {}));
  EXPECT_TRUE(watched.state.deleted.contains("orders"));
  advance(watched.state, cluster(at(30 + 3600), {}));
  EXPECT_THAT(watched.state.deleted, IsEmpty());
}

TEST(Advance, ADeletedTopicIsDeletedOnce) {
  Watched watched{{}};
  const auto gone = [](double seconds) {
    return cluster(at(seconds), {absent("orders", Presence::kDeleted)});
  };
  advance(watched.state, gone(30));
  EXPECT_THAT(happened(watched.state, gone(40)), IsEmpty());
}

TEST(Advance, ATopicMadeAgainWithinTheHourIsARecreationAndItsCountersGoOn) {
  Watched watched{{}};
  watched.see({.isr = {1}});
  advance(watched.state, cluster(at(30), {absent("orders", Presence::kDeleted)}));
  EXPECT_THAT(watched.see({.isr = {1, 2}}, kOtherId), ElementsAre("recreated"));
  EXPECT_EQ(watched.state.topic_recreations, 1U);
  EXPECT_EQ(watched.history().isr_shrinks, 1U);
  EXPECT_EQ(watched.history().isr_expands, 0U);
  EXPECT_THAT(watched.state.deleted, IsEmpty());
}

TEST(Advance, ATopicThatWasNotDeletedAfterAllIsNoRecreation) {
  Watched watched{{}};
  watched.see({.isr = {1}});
  advance(watched.state, cluster(at(30), {absent("orders", Presence::kDeleted)}));
  EXPECT_THAT(watched.see({.isr = {1}}, kId), IsEmpty());
  EXPECT_EQ(watched.state.topic_recreations, 0U);
  EXPECT_EQ(watched.history().isr_shrinks, 1U);
}

TEST(Advance, ATopicMadeAgainIsARecreationAlsoWhereItsIdComesLate) {
  Watched watched{{}};
  advance(watched.state, cluster(at(30), {absent("orders", Presence::kDeleted)}));
  EXPECT_THAT(watched.see({}, std::nullopt), IsEmpty());
  EXPECT_THAT(watched.see({}, kOtherId), ElementsAre("recreated"));
  EXPECT_EQ(watched.state.topic_recreations, 1U);
}

TEST(Advance, ATopicMadeAgainAfterTheHourIsANewOne) {
  Watched watched{{}};
  watched.see({.isr = {1}});
  advance(watched.state, cluster(at(30), {absent("orders", Presence::kDeleted)}));
  advance(watched.state, cluster(at(4000), {}));
  watched.now = at(4010);
  EXPECT_THAT(watched.see({}, kOtherId), IsEmpty());
  EXPECT_EQ(watched.history().isr_shrinks, 0U);
}

TEST(Advance, APartitionThatIsAddedIsNoEvent) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("orders", {{.partition = 1}})}));
  EXPECT_THAT(
      happened(state,
               cluster(at(10),
                       {topic("orders", {{.partition = 0}, {.partition = 1}, {.partition = 2}})})),
      IsEmpty());
  ASSERT_EQ(state.topics[0].partitions.size(), 3U);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(find_partition(state.topics[0], PartitionId{i}),
              &state.topics[0].partitions.at(static_cast<std::size_t>(i)));
}

TEST(Advance, ALookAtSomeTopicsLeavesTheOthersAsTheyAre) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("a", {{}}), topic("c", {{}}), topic("d", {{}})}));
  auto some = cluster(
      at(1), {topic("b", {{}}), topic("c", {{.isr = {1}}}), absent("d", Presence::kDeleted)},
      std::nullopt);
  some.covers_all_topics = false;
  EXPECT_THAT(find_unconfirmed(state, some).topics, ElementsAre("b", "c"));
  EXPECT_THAT(find_unconfirmed(state, some).absent, IsEmpty());
  EXPECT_THAT(happened(state, some), UnorderedElementsAre("isr_shrink", "deleted"));
  std::vector<std::string> names;
  for (const auto& one : state.topics) names.push_back(one.name);
  EXPECT_THAT(names, ElementsAre("a", "b", "c"));
  EXPECT_EQ(state.topics[0].rows_seen, at(0));
  EXPECT_EQ(state.topics[2].rows_seen, at(1));
  EXPECT_EQ(state.polled, at(0));
}

TEST(Advance, TopicsAreKeptSortedByName) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("b", {{}}), topic("d", {{}})}));
  advance(state, cluster(at(10), {topic("a", {{}}), topic("b", {{}}), topic("c", {{}}),
                                  absent("d", Presence::kUnknown), topic("e", {{}})}));
  std::vector<std::string> names;
  for (const auto& one : state.topics) names.push_back(one.name);
  EXPECT_THAT(names, ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_NE(find_topic(state, "d"), nullptr);
  EXPECT_EQ(find_topic(state, "dd"), nullptr);
}

// Brokers.

TEST(Advance, TheFirstListOfBrokersIsNoEvent) {
  ReplicationState state;
  EXPECT_THAT(happened(state, cluster(at(0), {}, std::vector{1, 2})), IsEmpty());
  EXPECT_EQ(state.brokers_seen, at(0));
}

TEST(Advance, BrokersGoAndCome) {
  ReplicationState state;
  advance(state, cluster(at(0), {}, std::vector{1, 2}));
  const auto changes = advance(state, cluster(at(10), {}, std::vector{2, 3}));
  ASSERT_THAT(kinds(changes), UnorderedElementsAre("broker_lost", "broker_joined"));
  for (const auto& event : changes.events)
    EXPECT_EQ(event.broker, BrokerId{event.kind == ReplicationEventKind::kBrokerLost ? 1 : 3});
  EXPECT_EQ(state.brokers.size(), 2U);
}

TEST(Advance, AListThatIsContradictedKeepsTheLastOne) {
  ReplicationState state;
  advance(state, cluster(at(0), {}, std::vector{1, 2}));
  EXPECT_THAT(happened(state, cluster(at(10), {}, std::nullopt)), IsEmpty());
  EXPECT_EQ(state.brokers.size(), 2U);
  EXPECT_EQ(state.brokers_seen, at(0));
}

TEST(Advance, ABrokerWasThereWhenItWasLastListed) {
  ReplicationState state;
  advance(state, cluster(at(0), {}));
  advance(state, cluster(at(10), {}, std::nullopt));
  const auto changes = advance(state, cluster(at(20), {}, std::vector{1, 2}));
  ASSERT_EQ(changes.events.size(), 1U);
  EXPECT_EQ(changes.events[0].from, at(0)) << "brokers contradicted each other at 10";
}

TEST(Advance, ATopicWasThereWhenItsPartitionsWereLastListed) {
  for (const bool is_deleted : {true, false}) {
    ReplicationState state;
    advance(state, cluster(at(0), {topic("orders", {{}})}));
    advance(state, cluster(at(10), {absent("orders", Presence::kUnknown)}));
    const auto changes =
        advance(state, cluster(at(20), {is_deleted ? absent("orders", Presence::kDeleted)
                                                   : topic("orders", {{}}, kOtherId)}));
    ASSERT_EQ(changes.events.size(), 1U);
    EXPECT_EQ(changes.events[0].from, at(0)) << is_deleted;
  }
}

TEST(Advance, AnEmptyFirstListIsAListToo) {
  ReplicationState state;
  advance(state, cluster(at(0), {}, std::vector<int>{}));
  EXPECT_THAT(kinds(advance(state, cluster(at(10), {}, std::vector{1}))),
              ElementsAre("broker_joined"));
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

// What must be heard from a second broker.

TEST(FindUnconfirmed, ANewTopicIsDoubtful) {
  EXPECT_THAT(find_unconfirmed({}, cluster(at(0), {topic("a", {{}}), topic("b", {{}})})).topics,
              ElementsAre("a", "b"));
}

TEST(FindUnconfirmed, WhatLooksAsKnownIsNot) {
  const Watched watched{{.epoch = 1, .latest = 10}};
  const auto same = cluster(at(20), {topic("orders", {{.epoch = 1, .latest = 11}}, std::nullopt)});
  EXPECT_THAT(find_unconfirmed(watched.state, same).topics, IsEmpty());
  EXPECT_THAT(find_unconfirmed(watched.state, same).absent, IsEmpty());
}

TEST(FindUnconfirmed, EveryDifferenceIs) {
  const std::vector<Row> different{
      {.isr = {1, 2}, .epoch = 1, .latest = 10},
      {.leader = 2, .epoch = 1, .latest = 10},
      {.leader = std::nullopt, .epoch = 1, .latest = 10},
      {.replicas = {1, 2, 3, 4}, .epoch = 1, .latest = 10},
      {.epoch = 0, .latest = 10},
      {.epoch = 1, .latest = 9},
      {.epoch = 1, .latest = 10, .unknown = true},
      {.partition = 1},
  };
  const Watched watched{{.epoch = 1, .latest = 10}};
  for (std::size_t i = 0; i < different.size(); ++i)
    EXPECT_THAT(
        find_unconfirmed(watched.state, cluster(at(20), {topic("orders", {different[i]})})).topics,
        ElementsAre("orders"))
        << "case " << i;
}

TEST(FindUnconfirmed, AnEpochThatGrewMayBeAnotherLeaders) {
  const Watched watched{{.epoch = 1, .latest = 10}};
  EXPECT_THAT(find_unconfirmed(watched.state,
                               cluster(at(20), {topic("orders", {{.epoch = 2, .latest = 5}})}))
                  .topics,
              ElementsAre("orders"));
}

TEST(FindUnconfirmed, ATopicWithoutAnIdIs) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("orders", {{}}, std::nullopt)}));
  EXPECT_THAT(find_unconfirmed(state, cluster(at(10), {topic("orders", {{}})})).topics,
              ElementsAre("orders"));
}

TEST(FindUnconfirmed, KnownTopicsThatMetadataLeavesOutAreAbsent) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("a", {{}}), topic("b", {{}}), topic("c", {{}})}));
  const auto doubts = find_unconfirmed(state, cluster(at(10), {topic("b", {{}})}));
  EXPECT_THAT(doubts.absent, ElementsAre("a", "c"));
  EXPECT_THAT(doubts.topics, IsEmpty());
}

}  // namespace
}  // namespace kie::replication
