#include "collectors/replication/advance.h"
#include "tests/unit/collectors/replication/snapshots.h"

namespace kie::replication {
namespace {

using test::absent;
using test::at;
using test::cluster;
using test::Row;
using test::topic;
using test::Watched;
using testing::ElementsAre;
using testing::IsEmpty;

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
