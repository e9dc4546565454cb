#include "collectors/replication/advance.h"
#include "tests/unit/collectors/replication/snapshots.h"

namespace kie::replication {
namespace {

using model::Presence;
using test::absent;
using test::at;
using test::cluster;
using test::happened;
using test::kId;
using test::kinds;
using test::kOtherId;
using test::kZero;
using test::topic;
using test::Watched;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::UnorderedElementsAre;

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

TEST(Advance, AnIdThatATopicGetsWithAnUpgradeIsNoOtherTopic) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("orders", {{.epoch = 5, .latest = 900}}, kZero)}));
  EXPECT_THAT(happened(state, cluster(at(10), {topic("orders", {{.epoch = 5}}, kOtherId)})),
              IsEmpty());
  EXPECT_EQ(state.topics[0].id, kOtherId);
  EXPECT_THAT(happened(state, cluster(at(20), {topic("orders", {{.epoch = 5}}, kZero)})), IsEmpty())
      << "a broker of the older release";
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

TEST(Advance, ASnapshotOfSomeTopicsLeavesTheOthersAsTheyAre) {
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

}  // namespace
}  // namespace kie::replication
