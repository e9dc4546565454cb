#include "collectors/replication/advance.h"
#include "tests/unit/collectors/replication/snapshots.h"

namespace kie::replication {
namespace {

using test::brokers;
using test::Watched;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

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

TEST(Advance, AtTheFirstSnapshotAllReplicasAreEstablished) {
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

TEST(Advance, AMoveBetweenTwoSnapshotsBringsALeaderWhoIsNotFromOutside) {
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

}  // namespace
}  // namespace kie::replication
