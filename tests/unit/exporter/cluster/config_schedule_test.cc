#include "exporter/cluster/config_schedule.h"

#include "tests/unit/collectors/replication/snapshots.h"

namespace kie {
namespace {

using replication::test::at;
using replication::test::cluster;
using replication::test::topic;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr seconds kInterval{300};

replication::ReplicationState state_of(const std::vector<std::string>& names) {
  replication::ReplicationState state;
  std::vector<model::TopicSnapshot> topics;
  for (const auto& name : names) topics.push_back(topic(name, {{}}));
  replication::advance(state, cluster(at(0), std::move(topics)));
  return state;
}

/// The topics that are due, and whether it is all that there is.
std::pair<std::vector<std::string>, bool> due(ConfigSchedule& schedule,
                                              const replication::ReplicationState& state,
                                              double now) {
  const auto found = schedule.due(state, {}, at(now));
  return found ? std::pair{found->topics, found->all}
               : std::pair{std::vector<std::string>{}, false};
}

TEST(ConfigSchedule, AllIsDueAtFirstAndEveryInterval) {
  ConfigSchedule schedule;
  const auto state = state_of({"a", "b"});
  const auto first = schedule.due(state, {}, at(0));
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->all);
  EXPECT_THAT(first->topics, ElementsAre("a", "b"));
  schedule.answered(*first, at(0), kInterval);
  EXPECT_FALSE(schedule.due(state, {}, at(299)));
  EXPECT_TRUE(due(schedule, state, 300).second);
}

TEST(ConfigSchedule, NewTopicsAreDueAtOnceAndAlone) {
  ConfigSchedule schedule;
  schedule.answered(*schedule.due(state_of({"a"}), {}, at(0)), at(0), kInterval);
  const auto state = state_of({"a", "new"});
  const auto news = schedule.due(state, {}, at(10));
  ASSERT_TRUE(news);
  EXPECT_FALSE(news->all);
  EXPECT_THAT(news->topics, ElementsAre("new"));
  schedule.answered(*news, at(10), kInterval);
  EXPECT_FALSE(schedule.due(state, {}, at(20)));
  EXPECT_TRUE(due(schedule, state, 300).second) << "the new one puts nothing off";
}

TEST(ConfigSchedule, WhatWasNotAnsweredStaysDue) {
  ConfigSchedule schedule;
  const auto state = state_of({"a"});
  EXPECT_TRUE(schedule.due(state, {}, at(0)));
  EXPECT_TRUE(due(schedule, state, 10).second);
}

TEST(ConfigSchedule, ATopicThatCameBackIsNew) {
  ConfigSchedule schedule;
  schedule.answered(*schedule.due(state_of({"a", "b"}), {}, at(0)), at(0), kInterval);
  EXPECT_FALSE(schedule.due(state_of({"a"}), {}, at(10)));
  EXPECT_THAT(due(schedule, state_of({"a", "b"}), 20).first, ElementsAre("b"));
}

TEST(ConfigSchedule, AfterThreeIntervalsWithoutAnAnswerNothingIsBelieved) {
  ConfigSchedule schedule;
  const auto state = state_of({"a"});
  EXPECT_FALSE(schedule.forget_if_stale(at(10'000), kInterval)) << "nothing was known";
  schedule.answered(*schedule.due(state, {}, at(0)), at(0), kInterval);
  EXPECT_FALSE(schedule.forget_if_stale(at(900), kInterval));
  EXPECT_TRUE(schedule.forget_if_stale(at(901), kInterval));
  EXPECT_FALSE(schedule.forget_if_stale(at(902), kInterval)) << "it is forgotten already";
}

TEST(ConfigSchedule, StartsAnewWithAnotherConfiguration) {
  ConfigSchedule schedule;
  const auto state = state_of({"a"});
  schedule.answered(*schedule.due(state, {}, at(0)), at(0), kInterval);
  schedule.restart();
  EXPECT_TRUE(due(schedule, state, 1).second);
}

/// The brokers that are due.
std::vector<BrokerId> due_brokers(ConfigSchedule& schedule, const std::vector<BrokerId>& listed,
                                  double now) {
  const auto found = schedule.due({}, listed, at(now));
  return found ? found->brokers : std::vector<BrokerId>{};
}

TEST(ConfigSchedule, BrokersAreDueWithAllAndNewOnesAtOnce) {
  ConfigSchedule schedule;
  const std::vector one{BrokerId{1}};
  const auto first = schedule.due({}, one, at(0));
  ASSERT_TRUE(first);
  EXPECT_THAT(first->brokers, ElementsAre(BrokerId{1}));
  schedule.answered(*first, at(0), kInterval);
  schedule.asked_brokers(*first, {}, at(0));
  EXPECT_THAT(due_brokers(schedule, one, 299), IsEmpty());
  EXPECT_THAT(due_brokers(schedule, {BrokerId{1}, BrokerId{2}}, 10), ElementsAre(BrokerId{2}));
  EXPECT_THAT(due_brokers(schedule, one, 300), ElementsAre(BrokerId{1}));
}

TEST(ConfigSchedule, ABrokerThatFailedIsAskedAgainSoonAndThenLessAndLess) {
  ConfigSchedule schedule;
  const std::vector both{BrokerId{1}, BrokerId{2}};
  const auto first = schedule.due({}, both, at(0));
  schedule.answered(*first, at(0), kInterval);
  schedule.asked_brokers(*first, {BrokerId{2}}, at(0));
  double now = 0;
  for (const double pause : {1, 2, 4, 8, 16, 32, 60, 60}) {
    EXPECT_THAT(due_brokers(schedule, both, now + pause - 0.1), IsEmpty());
    now += pause;
    const auto again = schedule.due({}, both, at(now));
    ASSERT_TRUE(again) << pause;
    EXPECT_FALSE(again->all);
    EXPECT_THAT(again->brokers, ElementsAre(BrokerId{2}));
    schedule.asked_brokers(*again, {BrokerId{2}}, at(now));
  }
  schedule.asked_brokers({.topics = {}, .brokers = {BrokerId{2}}, .all = false}, {}, at(now));
  EXPECT_THAT(due_brokers(schedule, both, now + 61), IsEmpty()) << "it has answered";
  schedule.asked_brokers({.topics = {}, .brokers = {BrokerId{2}}, .all = false}, {BrokerId{2}},
                         at(now));
  EXPECT_THAT(due_brokers(schedule, both, now + 1), ElementsAre(BrokerId{2}))
      << "the first of others";
}

TEST(ConfigSchedule, ABrokerThatCameBackIsNew) {
  ConfigSchedule schedule;
  const std::vector both{BrokerId{1}, BrokerId{2}};
  const auto first = schedule.due({}, both, at(0));
  schedule.answered(*first, at(0), kInterval);
  schedule.asked_brokers(*first, {}, at(0));
  EXPECT_THAT(due_brokers(schedule, {BrokerId{1}}, 10), IsEmpty());
  EXPECT_THAT(due_brokers(schedule, both, 20), ElementsAre(BrokerId{2}))
      << "it may have been restarted with another file";
}

}  // namespace
}  // namespace kie
