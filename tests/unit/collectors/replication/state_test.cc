#include "collectors/replication/state.h"

#include "tests/unit/collectors/replication/snapshots.h"

namespace kie::replication {
namespace {

using test::at;
using test::Watched;

TEST(ShrinksLastHour, IsThatOfThePartitionThatShrankMostOften) {
  TopicHistory history;
  history.recent_shrinks = {{PartitionId{0}, at(10)},
                            {PartitionId{1}, at(20)},
                            {PartitionId{0}, at(30)},
                            {PartitionId{2}, at(40)},
                            {PartitionId{0}, at(50)}};
  EXPECT_EQ(shrinks_last_hour(history, at(60)), 3U);
}

TEST(ShrinksLastHour, IsZeroWhereNothingShrank) { EXPECT_EQ(shrinks_last_hour({}, at(0)), 0U); }

TEST(ShrinksLastHour, FallsBackByItself) {
  TopicHistory history;
  history.recent_shrinks = {{PartitionId{0}, at(0)}, {PartitionId{0}, at(100)}};
  EXPECT_EQ(shrinks_last_hour(history, at(3599)), 2U);
  EXPECT_EQ(shrinks_last_hour(history, at(3600)), 1U);
  EXPECT_EQ(shrinks_last_hour(history, at(3700)), 0U);
}

TEST(CountLeadersWithoutEpoch, IsOneFromTheElectionUntilTheLeaderSaysIt) {
  Watched watched{{.epoch = 4, .latest = 100}};
  EXPECT_EQ(count_leaders_without_epoch(watched.state), 0U);
  watched.see({.leader = 2, .isr = {2, 3}});
  EXPECT_EQ(count_leaders_without_epoch(watched.state), 1U);
  watched.see({.leader = 2, .isr = {2, 3}});
  EXPECT_EQ(count_leaders_without_epoch(watched.state), 1U) << "it keeps silent";
  watched.see({.leader = 2, .isr = {2, 3}, .epoch = 5, .latest = 100});
  EXPECT_EQ(count_leaders_without_epoch(watched.state), 0U);
}

TEST(CountLeadersWithoutEpoch, IsNoneWhereNothingWasKnownToBeCommitted) {
  Watched watched{{}};
  watched.see({.leader = 2, .isr = {2, 3}});
  EXPECT_EQ(count_leaders_without_epoch(watched.state), 0U);
}

TEST(FindPartition, FindsByIdAndNotByPlace) {
  TopicState topic;
  for (const int id : {1, 3, 7}) {
    PartitionState partition;
    partition.id = PartitionId{id};
    topic.partitions.push_back(partition);
  }
  EXPECT_EQ(find_partition(topic, PartitionId{3}), &topic.partitions[1]);
  for (const int id : {0, 2, 8}) EXPECT_EQ(find_partition(topic, PartitionId{id}), nullptr);
}

TEST(EventNames, AreTheJournals) {
  EXPECT_EQ(to_string(ReplicationEventKind::kIsrShrink), "isr_shrink");
  EXPECT_EQ(to_string(ReplicationEventKind::kBrokerJoined), "broker_joined");
  EXPECT_EQ(to_string(ReplicationEventKind::kReassignmentEnded), "reassignment_ended");
}

}  // namespace
}  // namespace kie::replication
