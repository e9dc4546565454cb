#include "collectors/replication/summary.h"
#include "tests/unit/collectors/replication/snapshots.h"

/// Leaders that have no listener of the name in use: Metadata tells the ISR and not who leads.
namespace kie::replication {
namespace {

using test::at;
using test::cluster;
using test::topic;
using test::Watched;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(NoListener, IsNeitherOfflineNorAnElection) {
  Watched watched{{}};
  EXPECT_THAT(watched.see({.no_listener = true}), IsEmpty());
  EXPECT_EQ(watched.partition().leadership, Leadership::kNoListener);
  EXPECT_EQ(watched.partition().last_leader, BrokerId{1});
  EXPECT_EQ(watched.partition().seen, watched.now);
  EXPECT_FALSE(health_of(watched.partition(), std::nullopt, std::nullopt).offline);
  EXPECT_THAT(watched.see({}), IsEmpty()) << "the listener is back";
  EXPECT_THAT(watched.state.elections, ElementsAre(0, 0, 0));
}

TEST(NoListener, ANewLeaderIsSeenWhenItIsTold) {
  Watched watched{{.epoch = 1, .latest = 100}};
  watched.see({.isr = {2, 3}, .no_listener = true});
  EXPECT_THAT(watched.see({.leader = 2, .isr = {2, 3}, .epoch = 3, .latest = 90}),
              ElementsAre("leader_change", "election"));
  EXPECT_EQ(watched.history().leader_changes, 1U);
  ASSERT_THAT(watched.changes.epoch_changes, SizeIs(1));
  const auto& epoch_change = watched.changes.epoch_changes[0];
  EXPECT_EQ(epoch_change.old_epoch, LeaderEpoch{1});
  EXPECT_EQ(epoch_change.new_epoch, LeaderEpoch{3});
  EXPECT_EQ(epoch_change.leader_before, BrokerId{1});
  EXPECT_EQ(epoch_change.leader, BrokerId{2});
  EXPECT_EQ(epoch_change.committed, Offset{100});
  EXPECT_FALSE(epoch_change.from_outside);
}

TEST(NoListener, TheSameLeaderWithAGrownEpochIsNoElectionAndItsEpochsAreAskedFor) {
  Watched watched{{.epoch = 1, .latest = 100}};
  watched.see({.no_listener = true});
  EXPECT_THAT(watched.see({.epoch = 3, .latest = 100}), ElementsAre("epoch_change"));
  EXPECT_THAT(watched.changes.epoch_changes, SizeIs(1));
  EXPECT_THAT(watched.see({.epoch = 3, .latest = 100}), IsEmpty());
}

TEST(NoListener, TheFirstLeaderThatIsToldIsNoElection) {
  Watched watched{{.no_listener = true}};
  EXPECT_EQ(watched.partition().last_leader, std::nullopt);
  EXPECT_THAT(watched.see({.leader = 2}), IsEmpty());
  EXPECT_EQ(watched.partition().last_leader, BrokerId{2});
  EXPECT_THAT(watched.see({.leader = 3}), ElementsAre("leader_change", "election"));
}

TEST(NoListener, ShrinksAndExpandsAreCounted) {
  Watched watched{{.no_listener = true}};
  EXPECT_THAT(watched.see({.isr = {1, 2}, .no_listener = true}), ElementsAre("isr_shrink"));
  EXPECT_THAT(watched.see({.no_listener = true}), ElementsAre("isr_expand"));
  EXPECT_THAT(watched.see({.isr = {1}, .no_listener = true}), ElementsAre("isr_shrink"));
  const auto health = health_of(watched.partition(), 2, std::nullopt);
  EXPECT_TRUE(health.under_replicated);
  EXPECT_TRUE(health.last_replica);
  EXPECT_EQ(health.under_min_isr, true);
  EXPECT_FALSE(health.offline);
}

TEST(NoListener, ReassignmentsAreSeen) {
  Watched watched{{.isr = {1, 2}, .replicas = {1, 2}, .no_listener = true}};
  EXPECT_THAT(watched.see({.isr = {1, 2}, .replicas = {1, 2, 3}, .no_listener = true}),
              ElementsAre("reassignment_started"));
  EXPECT_THAT(watched.see({.replicas = {1, 2, 3}, .no_listener = true}),
              ElementsAre("reassignment_ended"));
}

TEST(NoListener, WhoIsOfflineAndThenLedIsOnline) {
  Watched watched{{}};
  watched.see({.leader = std::nullopt, .isr = {}});
  EXPECT_THAT(watched.see({.isr = {2, 3}, .no_listener = true}),
              ElementsAre("isr_shrink", "online"));
  EXPECT_THAT(watched.see({.leader = std::nullopt, .isr = {}}), ElementsAre("offline"));
}

TEST(NoListener, AnIsrThatWasReplacedIsALeaderFromOutside) {
  Watched watched{{.isr = {1}, .epoch = 1, .latest = 100}};
  EXPECT_THAT(watched.see({.isr = {2}, .no_listener = true}), IsEmpty())
      << "replaced, neither shrunk nor grown";
  watched.see({.leader = 2, .isr = {2}, .epoch = 2, .latest = 50});
  ASSERT_THAT(watched.changes.epoch_changes, SizeIs(1));
  EXPECT_TRUE(watched.changes.epoch_changes[0].from_outside);
  EXPECT_THAT(watched.changes.epoch_changes[0].last_isr, ElementsAre(BrokerId{1}));
}

TEST(NoListener, WhatIsNotConfirmedDoesNotCount) {
  Watched watched{{}};
  EXPECT_THAT(watched.see({.isr = {1}, .confirmed = false, .no_listener = true}), IsEmpty());
  EXPECT_EQ(watched.partition().leadership, Leadership::kLeader);
}

TEST(NoListener, NoOffsetOfItIsBelieved) {
  Watched watched{{.epoch = 1, .latest = 100}};
  watched.see({.epoch = 7, .latest = 900, .no_listener = true});
  EXPECT_EQ(watched.partition().leader_epoch, LeaderEpoch{1});
  EXPECT_EQ(watched.partition().committed, Offset{100});
  EXPECT_THAT(watched.changes.epoch_changes, IsEmpty());
  Watched other{{.epoch = 7, .latest = 900, .no_listener = true}};
  EXPECT_EQ(other.partition().committed, std::nullopt);
}

TEST(NoListener, NothingIsSaidToBeSafeWhileItsLeaderCannotBeAsked) {
  Watched watched{{.epoch = 1, .latest = 100}};
  watched.see({.isr = {1}, .no_listener = true});
  EXPECT_EQ(at_risk_records(watched.partition(), std::nullopt), std::nullopt)
      << "what was committed since is not known";
}

TEST(NoListener, TheBrokerInSyncIsUpAndCounts) {
  ReplicationState state;
  const std::vector<test::Row> rows{
      {.leader = 1}, {.partition = 1, .leader = 2}, {.partition = 2, .no_listener = true}};
  advance(state, cluster(at(0), {topic("a", rows)}, std::vector{1, 2}));
  const auto summary = summarize(state, {}, {at(0), std::chrono::seconds{30}});
  EXPECT_TRUE(summary.complete);
  EXPECT_EQ(summary.partitions, 3U);
  EXPECT_EQ(summary.brokers_up, 3U);
  EXPECT_EQ(summary.counts.offline.value(), 0U);
  const auto& third = summary.brokers.at(BrokerId{3});
  EXPECT_EQ(third.up, true);
  EXPECT_FALSE(third.is_listed);
  EXPECT_EQ(third.leader_partitions, std::nullopt) << "it may lead the third";
  EXPECT_EQ(third.replicas, 3U);
  EXPECT_EQ(summary.brokers.at(BrokerId{1}).leader_partitions, 1U);
}

TEST(NoListener, ABrokerIsNotGoneWhileNoIsrIsKnownThatItMayBeIn) {
  ReplicationState state;
  const auto snapshot = [&](const test::Row& second) {
    advance(state, cluster(at(0), {topic("a", {{.isr = {1, 2}, .replicas = {1, 2}}, second})},
                           std::vector{1, 2}));
    return summarize(state, {}, {at(0), std::chrono::seconds{30}}).brokers.at(BrokerId{3}).up;
  };
  EXPECT_EQ(snapshot({.partition = 1, .unknown = true}), std::nullopt);
  EXPECT_EQ(snapshot({.partition = 1, .isr = {1, 2}}), false);
}

TEST(NoListener, TheIsrOfAnOfflinePartitionProvesNobody) {
  ReplicationState state;
  advance(state,
          cluster(at(0), {topic("a", {{.leader = std::nullopt, .isr = {3}}})}, std::vector{1, 2}));
  const auto summary = summarize(state, {}, {at(0), std::chrono::seconds{30}});
  EXPECT_EQ(summary.brokers.at(BrokerId{3}).up, false);
  EXPECT_EQ(summary.brokers_up, 2U);
}

}  // namespace
}  // namespace kie::replication
