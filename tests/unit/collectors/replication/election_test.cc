#include "collectors/replication/advance.h"
#include "tests/unit/collectors/replication/snapshots.h"

namespace kie::replication {
namespace {

using model::LeaderEpochChange;
using test::at;
using test::brokers;
using test::cluster;
using test::kZero;
using test::Row;
using test::topic;
using test::Watched;
using testing::ElementsAre;
using testing::IsEmpty;

/// Where the new leader of the last look stood; nullopt: there was no election.
std::optional<LeaderOrigin> leader_origin(const Watched& watched) {
  for (const auto& event : watched.changes.events)
    if (event.kind == ReplicationEventKind::kElection) return event.leader_origin;
  return std::nullopt;
}

std::uint64_t count(const Watched& watched, LeaderOrigin where) {
  return watched.state.elections.at(static_cast<std::size_t>(where));
}

LeaderEpochChange epoch_change(const Watched& watched) {
  EXPECT_EQ(watched.changes.epoch_changes.size(), 1U);
  return watched.changes.epoch_changes.empty() ? LeaderEpochChange{}
                                               : watched.changes.epoch_changes[0];
}

TEST(Election, AMemberOfTheIsrStoodInIt) {
  Watched watched{{.isr = {1, 2}}};
  watched.see({.leader = 2, .isr = {2}});
  EXPECT_EQ(leader_origin(watched), LeaderOrigin::kInIsr);
  EXPECT_EQ(count(watched, LeaderOrigin::kInIsr), 1U);
  watched.see({.leader = 2, .isr = {2}});
  EXPECT_EQ(leader_origin(watched), std::nullopt);
  EXPECT_EQ(count(watched, LeaderOrigin::kInIsr), 1U);
}

TEST(Election, OneWhoHadLeftTheIsrStoodOutside) {
  Watched watched{{.isr = {1}}};
  watched.see({.leader = 2, .isr = {2}});
  EXPECT_EQ(leader_origin(watched), LeaderOrigin::kOutsideIsr);
  EXPECT_EQ(count(watched, LeaderOrigin::kOutsideIsr), 1U);
}

TEST(Election, AfterAPollWithoutTheRowNobodyKnowsWhereItStood) {
  Watched watched{{.isr = {1}}};
  watched.see({.isr = {1}, .unknown = true});
  watched.see({.leader = 2, .isr = {2}});
  EXPECT_EQ(leader_origin(watched), LeaderOrigin::kUnknown);
  EXPECT_EQ(count(watched, LeaderOrigin::kUnknown), 1U);
}

TEST(Election, ASnapshotOfSomeTopicsIsNoPoll) {
  Watched watched{{.isr = {1}}};
  auto snapshot = cluster(watched.now + std::chrono::seconds{1}, {topic("another", {{}})});
  snapshot.covers_all_topics = false;
  advance(watched.state, snapshot);
  EXPECT_EQ(watched.state.topics.size(), 2U);
  watched.see({.leader = 2, .isr = {2}});
  EXPECT_EQ(leader_origin(watched), LeaderOrigin::kOutsideIsr);
}

TEST(Election, TheReturnOfTheOnlyOneIsAnElection) {
  Watched watched{{.isr = {1}}};
  watched.see({.leader = std::nullopt, .isr = {}});
  EXPECT_EQ(leader_origin(watched), std::nullopt);
  watched.see({.isr = {1}});
  EXPECT_EQ(leader_origin(watched), LeaderOrigin::kInIsr);
}

TEST(Election, WhomAReassignmentJustBroughtIsNotFromOutside) {
  Watched watched{{.isr = {1, 2}, .replicas = {1, 2}, .epoch = 0, .latest = 5}};
  watched.see({.leader = 3, .isr = {2, 3}, .replicas = {3, 2}, .epoch = 1, .latest = 5});
  EXPECT_EQ(leader_origin(watched), LeaderOrigin::kInIsr);
  EXPECT_FALSE(epoch_change(watched).from_outside);
}

TEST(LeaderEpochChange, SaysWhatWasCommittedAndWhoLed) {
  Watched watched{{.isr = {1, 2}, .replicas = {1, 2}, .epoch = 0, .latest = 500, .earliest = 7}};
  watched.see({.isr = {1}, .replicas = {1, 2}, .epoch = 0, .latest = 1500, .earliest = 8});
  EXPECT_THAT(watched.changes.epoch_changes, IsEmpty());
  watched.see({.leader = 2, .isr = {2}, .replicas = {1, 2}, .epoch = 3, .latest = 500});
  const auto found = epoch_change(watched);
  EXPECT_EQ(found.topic, "orders");
  EXPECT_EQ(found.topic_id, test::kId);
  EXPECT_EQ(found.partition, PartitionId{0});
  EXPECT_EQ(found.old_epoch, LeaderEpoch{0});
  EXPECT_EQ(found.new_epoch, LeaderEpoch{3});
  EXPECT_EQ(found.leader_before, BrokerId{1});
  EXPECT_EQ(found.leader, BrokerId{2});
  EXPECT_EQ(found.committed, Offset{1500});
  EXPECT_EQ(found.log_start, Offset{8});
  EXPECT_EQ(found.last_isr, brokers({1}));
  EXPECT_TRUE(found.from_outside);
  EXPECT_EQ(found.from, watched.now - std::chrono::seconds{10});
  EXPECT_EQ(found.to, watched.now);
}

TEST(LeaderEpochChange, ComesWhenTheNewLeaderNamesItsEpochAndRemembersTheElection) {
  Watched watched{{.isr = {1}, .replicas = {1, 2}, .epoch = 0, .latest = 1500}};
  watched.see({.leader = std::nullopt, .isr = {}, .replicas = {1, 2}});
  watched.see({.leader = 2, .isr = {2}, .replicas = {1, 2}});
  EXPECT_THAT(watched.changes.epoch_changes, IsEmpty())
      << "it has not answered for its offsets yet";
  watched.see({.leader = 2, .isr = {1, 2}, .replicas = {1, 2}});
  watched.see({.leader = 2, .isr = {1, 2}, .replicas = {1, 2}, .epoch = 2, .latest = 500});
  const auto found = epoch_change(watched);
  EXPECT_EQ(found.last_isr, brokers({1})) << "as it was before the election";
  EXPECT_EQ(found.leader_before, BrokerId{1});
  EXPECT_TRUE(found.from_outside);
  EXPECT_EQ(found.committed, Offset{1500});
}

TEST(LeaderEpochChange, IsNotHeardFromADeposedLeaderThatDoesNotKnowYet) {
  Watched watched{{.isr = {1}, .replicas = {1, 2}, .epoch = 0, .latest = 1500}};
  watched.see({.leader = 2, .isr = {2}, .replicas = {1, 2}, .epoch = 0, .latest = 1500});
  EXPECT_THAT(watched.changes.epoch_changes, IsEmpty());
  watched.see({.leader = 2, .isr = {2}, .replicas = {1, 2}, .epoch = 1, .latest = 500});
  const auto found = epoch_change(watched);
  EXPECT_EQ(found.last_isr, brokers({1}));
  EXPECT_EQ(found.leader_before, BrokerId{1});
  EXPECT_TRUE(found.from_outside);
}

TEST(LeaderEpochChange, AnElectionWhoseEpochWasHeardBeforeSaysNothingOfTheNext) {
  Watched watched{{.isr = {1}, .replicas = {1, 2}, .epoch = 0, .latest = 500}};
  watched.see({.isr = {1}, .replicas = {1, 2}, .epoch = 1, .latest = 500});
  watched.see({.leader = 2, .isr = {2}, .replicas = {1, 2}, .epoch = 1, .latest = 500});
  watched.see({.leader = 2, .isr = {2}, .replicas = {1, 2}, .epoch = 1, .latest = 600});
  watched.see({.leader = 2, .isr = {2}, .replicas = {1, 2}, .epoch = 2, .latest = 600});
  EXPECT_FALSE(epoch_change(watched).from_outside);
}

TEST(LeaderEpochChange, IsThereWhenTheFirstRowHasAnotherEpochThanWasHeardBefore) {
  Watched watched{{.epoch = 0, .latest = 1500, .unknown = true}};
  watched.see({.leader = 2, .epoch = 1, .latest = 500});
  const auto found = epoch_change(watched);
  EXPECT_EQ(found.committed, Offset{1500});
  EXPECT_EQ(found.leader, BrokerId{2});
  EXPECT_FALSE(found.from_outside) << "nobody knows";
}

TEST(LeaderEpochChange, OfSeveralElectionsOneFromOutsideIsEnough) {
  Watched watched{{.isr = {1}, .replicas = {1, 2}, .epoch = 0, .latest = 1500}};
  watched.see({.leader = 2, .isr = {2}, .replicas = {1, 2}});
  watched.see({.leader = 2, .isr = {1, 2}, .replicas = {1, 2}});
  watched.see({.leader = 1, .isr = {1}, .replicas = {1, 2}, .epoch = 2, .latest = 500});
  const auto found = epoch_change(watched);
  EXPECT_EQ(found.last_isr, brokers({1}));
  EXPECT_EQ(found.leader_before, BrokerId{1});
  EXPECT_TRUE(found.from_outside);
}

TEST(LeaderEpochChange, ABumpWithoutAnElectionIsOneToo) {
  Watched watched{{.isr = {1, 2}, .epoch = 0, .latest = 70}};
  EXPECT_THAT(watched.see({.isr = {1, 2}, .epoch = 2, .latest = 60}), ElementsAre("epoch_change"));
  const auto found = epoch_change(watched);
  EXPECT_EQ(found.leader_before, BrokerId{1});
  EXPECT_EQ(found.last_isr, brokers({1, 2}));
  EXPECT_FALSE(found.from_outside);
  EXPECT_EQ(found.committed, Offset{70});
}

TEST(LeaderEpochChange, AnOldHighWatermarkWithinAnEpochTakesNothingBack) {
  Watched watched{{.epoch = 0, .latest = 1500}};
  watched.see({.epoch = 0, .latest = 500});
  EXPECT_EQ(watched.partition().committed, Offset{1500});
  watched.see({.leader = 2, .epoch = 1, .latest = 500});
  EXPECT_EQ(epoch_change(watched).committed, Offset{1500});
}

TEST(LeaderEpochChange, WhereTopicsHaveNoIdsALogThatFellMayBeAnothers) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("orders", {{.epoch = 0, .latest = 1500}}, kZero)}));
  advance(state, cluster(at(10), {topic("orders", {{.epoch = 0, .latest = 3}}, kZero)}));
  EXPECT_EQ(state.topics.at(0).partitions.at(0).committed, Offset{3});
}

TEST(LeaderEpochChange, OfAnEpochOfWhichNothingWasHeardIsNone) {
  Watched watched{{}};
  watched.see({.leader = 2, .epoch = 4, .latest = 9});
  EXPECT_THAT(watched.changes.epoch_changes, IsEmpty());
}

/// What the replicas that are not in sync have for sure.
std::vector<std::pair<int, std::optional<std::int64_t>>> missing(const Watched& watched) {
  std::vector<std::pair<int, std::optional<std::int64_t>>> result;
  for (const auto& one : watched.partition().missing)
    result.emplace_back(one.id.value, one.has ? std::optional{one.has->value} : std::nullopt);
  return result;
}

using Pair = std::pair<int, std::optional<std::int64_t>>;

TEST(Missing, HasWhatWasCommittedWhenItWasLastInSync) {
  Watched watched{{.epoch = 0, .latest = 100}};
  EXPECT_THAT(missing(watched), IsEmpty());
  watched.see({.isr = {1, 2}, .epoch = 0, .latest = 150});
  watched.see({.isr = {1}, .epoch = 0, .latest = 180});
  // The 150 were heard after the row: 2 may have been out by then.
  EXPECT_THAT(missing(watched), ElementsAre(Pair{3, 100}, Pair{2, 100}));
  watched.see({.isr = {1, 3}, .epoch = 0, .latest = 190});
  EXPECT_THAT(missing(watched), ElementsAre(Pair{2, 100}));
  watched.see({.isr = {1}, .epoch = 0, .latest = 195});
  EXPECT_THAT(missing(watched), ElementsAre(Pair{2, 100}, Pair{3, 180}));
  watched.see({.epoch = 0, .latest = 200});
  EXPECT_THAT(missing(watched), IsEmpty());
}

TEST(Missing, FromTheFirstSnapshotOnHasWhoKnowsWhat) {
  Watched watched{{.isr = {1}, .epoch = 0, .latest = 100}};
  EXPECT_THAT(missing(watched), ElementsAre(Pair{2, std::nullopt}, Pair{3, std::nullopt}));
}

TEST(Missing, TheLastReplicaIsNotMissingWhileNobodyLeads) {
  for (const auto& left : {std::vector{1}, std::vector<int>{}}) {
    Watched watched{{.isr = {1, 2}, .replicas = {1, 2}, .epoch = 0, .latest = 100}};
    watched.see({.isr = {1}, .replicas = {1, 2}, .epoch = 0, .latest = 150});
    watched.see({.leader = std::nullopt, .isr = left, .replicas = {1, 2}});
    EXPECT_THAT(missing(watched), ElementsAre(Pair{2, 100}));
  }
}

TEST(Missing, AfterAnElectionNobodyHasMoreThanTheNewLeader) {
  Watched watched{{.isr = {1}, .replicas = {1, 2}, .epoch = 0, .latest = 1500}};
  watched.see({.leader = 2, .isr = {2}, .replicas = {1, 2}, .epoch = 1, .latest = 500});
  EXPECT_THAT(missing(watched), ElementsAre(Pair{1, 500}));
  truncate_replica_offsets(watched.state, "orders", PartitionId{0}, Offset{300});
  truncate_replica_offsets(watched.state, "orders", PartitionId{9}, Offset{1});
  EXPECT_THAT(missing(watched), ElementsAre(Pair{1, 300}));
}

TEST(Missing, HasNoMoreThanTheNewLeaderHadCommitted) {
  Watched watched{{.isr = {1, 2}, .replicas = {1, 2}, .epoch = 0, .latest = 1500}};
  watched.see({.leader = 2, .isr = {1, 2}, .replicas = {1, 2}, .epoch = 1, .latest = 500});
  watched.see({.leader = 2, .isr = {2}, .replicas = {1, 2}, .epoch = 1, .latest = 600});
  EXPECT_THAT(missing(watched), ElementsAre(Pair{1, 500}));
}

TEST(Missing, WhomAReassignmentAddsIsNot) {
  Watched watched{{.isr = {1, 2}, .replicas = {1, 2}}};
  watched.see({.isr = {1, 2}, .replicas = {1, 2, 3}});
  EXPECT_THAT(missing(watched), IsEmpty());
  watched.see({.isr = {2}, .replicas = {2, 3}});
  EXPECT_THAT(missing(watched), IsEmpty()) << "1 is not assigned any more";
}

}  // namespace
}  // namespace kie::replication
