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
using test::kOtherId;
using test::topic;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

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

}  // namespace
}  // namespace kie::replication
