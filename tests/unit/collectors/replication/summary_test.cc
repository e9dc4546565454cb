#include "collectors/replication/summary.h"

#include "tests/unit/collectors/replication/snapshots.h"

namespace kie::replication {
namespace {

using model::Configs;
using model::KafkaRelease;
using std::chrono::seconds;
using test::at;
using test::cluster;
using test::Row;
using test::topic;
using testing::Eq;
using testing::Optional;

constexpr seconds kStale{30};

ReplicationState state_of(std::vector<model::TopicSnapshot> topics) {
  ReplicationState state;
  advance(state, cluster(at(0), std::move(topics)));
  return state;
}

Health health(const Row& row, std::optional<int> min_isr = std::nullopt,
              std::optional<KafkaRelease> release = std::nullopt) {
  return health_of(state_of({topic("orders", {row})}).topics.at(0).partitions.at(0), min_isr,
                   release);
}

TEST(Health, OfAHealthyPartition) {
  const auto healthy = health({}, 2);
  EXPECT_FALSE(healthy.offline);
  EXPECT_FALSE(healthy.under_replicated);
  EXPECT_FALSE(healthy.reassigning);
  EXPECT_FALSE(healthy.last_replica);
  EXPECT_THAT(healthy.under_min_isr, Optional(false));
  EXPECT_THAT(healthy.at_min_isr, Optional(false));
}

TEST(Health, MinIsrIsCompared) {
  EXPECT_THAT(health({.isr = {1, 2}}, 2).at_min_isr, Optional(true));
  EXPECT_THAT(health({.isr = {1, 2}}, 2).under_min_isr, Optional(false));
  EXPECT_THAT(health({.isr = {1}}, 2).under_min_isr, Optional(true));
  EXPECT_THAT(health({.isr = {1}}, 2).at_min_isr, Optional(false));
}

TEST(Health, MinIsrIsUnknownWithoutTheSetting) {
  EXPECT_THAT(health({.isr = {1}}).under_min_isr, Eq(std::nullopt));
  EXPECT_THAT(health({.isr = {1}}).at_min_isr, Eq(std::nullopt));
}

TEST(Health, MinIsrAboveTheReplicasIsTheReleasesMatter) {
  const Row two{.isr = {1, 2}, .replicas = {1, 2}};
  EXPECT_THAT(health(two, 3, KafkaRelease{4, 0}).under_min_isr, Optional(false));
  EXPECT_THAT(health(two, 3, KafkaRelease{4, 0}).at_min_isr, Optional(true));
  EXPECT_THAT(health(two, 3, KafkaRelease{3, 6}).under_min_isr, Optional(true));
  EXPECT_THAT(health(two, 3).under_min_isr, Eq(std::nullopt));
  EXPECT_THAT(health(two, 3).at_min_isr, Eq(std::nullopt));
}

TEST(Health, AnOfflinePartitionIsUnderMinIsrToo) {
  const auto gone = health({.leader = std::nullopt, .isr = {}}, 1);
  EXPECT_TRUE(gone.offline);
  EXPECT_TRUE(gone.under_replicated);
  EXPECT_THAT(gone.under_min_isr, Optional(true));
}

TEST(Health, TheLastReplicaIsAlone) {
  EXPECT_TRUE(health({.isr = {2}}).last_replica);
  EXPECT_FALSE(health({.isr = {1, 2}}).last_replica);
  EXPECT_FALSE(health({.isr = {1}, .replicas = {1}}).last_replica) << "it never had another";
  EXPECT_TRUE(health({.leader = std::nullopt, .isr = {1}}).last_replica) << "leaderless on 3.9";
}

TEST(Health, ALeaderlessPartitionKeepsItsLastReplicaOn4) {
  test::Watched watched{{.isr = {1}}};
  watched.see({.leader = std::nullopt, .isr = {}});
  EXPECT_TRUE(health_of(watched.partition(), std::nullopt, std::nullopt).last_replica);
}

TEST(Health, AReplicaThatIsBeingAddedIsNotMissing) {
  test::Watched watched{{.isr = {1, 2}, .replicas = {1, 2}}};
  watched.see({.isr = {1, 2}, .replicas = {1, 2, 3}});
  const auto moving = health_of(watched.partition(), std::nullopt, std::nullopt);
  EXPECT_TRUE(moving.reassigning);
  EXPECT_FALSE(moving.under_replicated);
  EXPECT_FALSE(moving.last_replica);
}

TEST(Health, OneEstablishedReplicaAndOneBeingAddedIsNoLastReplica) {
  test::Watched watched{{.isr = {1}, .replicas = {1}}};
  watched.see({.isr = {1}, .replicas = {1, 2}});
  EXPECT_FALSE(health_of(watched.partition(), std::nullopt, std::nullopt).last_replica);
}

TEST(Count, SaysWhatIsKnown) {
  Count count;
  EXPECT_THAT(count.value(), Optional(0U));
  count.add(true);
  count.add(false);
  EXPECT_THAT(count.value(), Optional(1U));
}

TEST(Count, OfSomeIsSaidOnlyWhereItAlarms) {
  Count none;
  none.add(false);
  none.add_unknown();
  EXPECT_THAT(none.value(), Eq(std::nullopt)) << "the unknown one may be so";
  none.add(true);
  EXPECT_THAT(none.value(), Optional(1U)) << "one is so, whatever the unknown one is";
  Count other;
  other.add(std::nullopt);
  EXPECT_THAT(other.value(), Eq(std::nullopt));
}

TEST(Count, AddsUpWithWhatIsUnknown) {
  Count complete;
  complete.add(false);
  Count partial;
  partial.add_unknown();
  complete.add(partial);
  EXPECT_THAT(complete.value(), Eq(std::nullopt));
}

TEST(Summarize, CountsByTopicAndCluster) {
  const auto state = state_of({topic("a", {{.isr = {1}}, {.partition = 1}}),
                               topic("b", {{.leader = std::nullopt, .isr = {2}}})});
  Configs settings;
  settings.topics["a"].min_insync_replicas = {2, model::ConfigSource::kTopic};
  settings.topics["b"].min_insync_replicas = {1, model::ConfigSource::kTopic};
  const auto summary = summarize(state, settings, {at(10), kStale});
  ASSERT_EQ(summary.topics.size(), 2U);
  EXPECT_THAT(summary.topics[0].counts.under_replicated.value(), Optional(1U));
  EXPECT_THAT(summary.topics[0].counts.under_min_isr.value(), Optional(1U));
  EXPECT_THAT(summary.topics[0].counts.at_min_isr.value(), Optional(0U));
  EXPECT_THAT(summary.topics[0].counts.offline.value(), Optional(0U));
  EXPECT_THAT(summary.topics[0].counts.last_replica.value(), Optional(1U));
  EXPECT_THAT(summary.topics[1].counts.offline.value(), Optional(1U));
  EXPECT_THAT(summary.topics[1].counts.at_min_isr.value(), Optional(1U));
  EXPECT_THAT(summary.counts.under_replicated.value(), Optional(2U));
  EXPECT_THAT(summary.counts.offline.value(), Optional(1U));
  EXPECT_EQ(summary.partitions, 3U);
  EXPECT_EQ(summary.topics[0].partitions, 2U);
  EXPECT_THAT(summary.topics[0].replication_factor, Optional(3U));
}

TEST(Summarize, TheReplicationFactorIsTheSmallest) {
  const auto state =
      state_of({topic("a", {{}, {.partition = 1, .isr = {1, 2}, .replicas = {1, 2}}})});
  EXPECT_THAT(summarize(state, {}, {at(0), kStale}).topics[0].replication_factor, Optional(2U));
}

TEST(Summarize, AnUnknownSettingLeavesMinIsrOutAndNothingElse) {
  const auto state = state_of({topic("a", {{}}), topic("b", {{}})});
  Configs settings;
  settings.topics["a"].min_insync_replicas = {1, model::ConfigSource::kTopic};
  const auto summary = summarize(state, settings, {at(0), kStale});
  EXPECT_THAT(summary.topics[0].counts.under_min_isr.value(), Optional(0U));
  EXPECT_THAT(summary.topics[1].counts.under_min_isr.value(), Eq(std::nullopt));
  EXPECT_THAT(summary.counts.under_min_isr.value(), Eq(std::nullopt));
  EXPECT_THAT(summary.counts.under_replicated.value(), Optional(0U));
}

TEST(Summarize, WhatIsStaleIsUnknown) {
  auto state = state_of({topic("a", {{}, {.partition = 1}}), topic("b", {{}})});
  // Only partition 0 of a is refreshed.
  advance(state, cluster(at(20), {topic("a", {{}, {.partition = 1, .isr = {}, .unknown = true}}),
                                  test::absent("b", model::Presence::kUnknown)}));
  const auto summary = summarize(state, {}, {at(31), kStale});
  EXPECT_EQ(summary.topics[0].partitions, 2U) << "listed, whoever leads them";
  EXPECT_THAT(summary.topics[0].counts.offline.value(), Eq(std::nullopt));
  EXPECT_THAT(summary.topics[0].replication_factor, Optional(3U));
  EXPECT_EQ(summary.topics[1].partitions, std::nullopt);
  EXPECT_THAT(summary.topics[1].counts.offline.value(), Eq(std::nullopt));
  EXPECT_THAT(summary.topics[1].replication_factor, Eq(std::nullopt));
  EXPECT_EQ(summary.partitions, std::nullopt) << "never a smaller number";
}

TEST(Summarize, BrokersAreThoseListedAndThoseThatOnlyHaveReplicas) {
  ReplicationState state;
  advance(state, cluster(at(0),
                         {topic("a", {{.isr = {1, 2}, .replicas = {1, 2, 3, 5}},
                                      {.partition = 1, .leader = 2, .isr = {1, 2, 3}}})},
                         std::vector{1, 2, 4}));
  const auto brokers = summarize(state, {}, {at(0), kStale}).brokers;
  ASSERT_EQ(brokers.size(), 5U);
  EXPECT_EQ(brokers.at(BrokerId{1}).up, true);
  EXPECT_EQ(brokers.at(BrokerId{1}).leader_partitions, 1U);
  EXPECT_EQ(brokers.at(BrokerId{1}).replicas, 2U);
  EXPECT_EQ(brokers.at(BrokerId{1}).out_of_sync_replicas, 0U);
  EXPECT_EQ(brokers.at(BrokerId{3}).up, true) << "in the ISR, without a listener";
  EXPECT_EQ(brokers.at(BrokerId{5}).up, false);
  EXPECT_EQ(brokers.at(BrokerId{3}).replicas, 2U);
  EXPECT_EQ(brokers.at(BrokerId{3}).out_of_sync_replicas, 1U);
  EXPECT_EQ(brokers.at(BrokerId{4}).up, true);
  EXPECT_EQ(brokers.at(BrokerId{4}).replicas, 0U);
}

TEST(Summarize, AReplicaThatIsBeingAddedIsNotOutOfSync) {
  test::Watched watched{{.isr = {1, 2}, .replicas = {1, 2}}};
  watched.see({.isr = {1, 2}, .replicas = {1, 2, 3}});
  const auto brokers = summarize(watched.state, {}, {watched.now, kStale}).brokers;
  EXPECT_EQ(brokers.at(BrokerId{3}).replicas, 1U);
  EXPECT_EQ(brokers.at(BrokerId{3}).out_of_sync_replicas, 0U);
}

TEST(Summarize, WithoutAFreshListNoBrokerIsSaidToBeUpOrDown) {
  auto state = state_of({topic("a", {{}})});
  advance(state, cluster(at(20), {topic("a", {{}})}, std::nullopt));
  const auto summary = summarize(state, {}, {at(31), kStale});
  EXPECT_TRUE(summary.brokers.empty());
  EXPECT_EQ(summary.partitions, 1U);
}

TEST(Summarize, IsCompleteWhileNoPartitionIsUnknown) {
  auto state = state_of({topic("a", {{}}), topic("b", {{}})});
  EXPECT_TRUE(summarize(state, {}, {at(0), kStale}).complete);
  advance(state, cluster(at(20), {topic("a", {{}})}));
  EXPECT_TRUE(summarize(state, {}, {at(20), kStale}).complete);
  EXPECT_FALSE(summarize(state, {}, {at(40), kStale}).complete);
}

TEST(Summarize, WithoutTopicsNothingIsClaimedWhereNoneMayBeDescribed) {
  auto state = state_of({});
  EXPECT_THAT(summarize(state, {}, {at(0), kStale}).counts.offline.value(), Optional(0));
  state.topics_refused = true;
  const auto refused = summarize(state, {}, {at(0), kStale});
  EXPECT_FALSE(refused.complete);
  EXPECT_THAT(refused.counts.offline.value(), Eq(std::nullopt));
}

TEST(Summarize, KnowsWhenTheNextAndTheLastThingGoesStale) {
  ReplicationState state;
  advance(state, cluster(at(0), {topic("a", {{.latest = 1}})}));
  EXPECT_THAT(summarize(state, {}, {at(0), kStale}).next_expiry, Optional(at(30)));
  EXPECT_THAT(summarize(state, {}, {at(0), kStale}).last_expiry, Optional(at(30)));
  // The offsets do not come any more.
  advance(state, cluster(at(10), {topic("a", {{}})}));
  const auto later = summarize(state, {}, {at(10), kStale});
  EXPECT_THAT(later.next_expiry, Optional(at(30)));
  EXPECT_THAT(later.last_expiry, Optional(at(40)));
  const auto never = summarize(state, {}, {at(100), kStale});
  EXPECT_THAT(never.next_expiry, Eq(std::nullopt));
  EXPECT_THAT(never.last_expiry, Eq(std::nullopt));
}

TEST(AtRisk, IsWhatTheLongestMissingOfThoseThatLiveLacks) {
  PartitionState partition;
  partition.replicas = test::brokers({1, 2, 3});
  partition.last_isr = test::brokers({1});
  partition.committed = Offset{1500};
  partition.missing = {{BrokerId{3}, Offset{100}}, {BrokerId{2}, Offset{500}}};
  EXPECT_THAT(at_risk_records(partition, test::brokers({1, 2, 3})), Optional(1400));
  EXPECT_THAT(at_risk_records(partition, test::brokers({1, 2})), Optional(1000));
  EXPECT_THAT(at_risk_records(partition, test::brokers({1})), Optional(1000))
      << "none lives: the one that left last";
  EXPECT_THAT(at_risk_records(partition, std::nullopt), Optional(1400)) << "all may live";
  partition.missing[1].has.reset();
  EXPECT_THAT(at_risk_records(partition, test::brokers({2})), Eq(std::nullopt));
  partition.missing[0].has = Offset{1600};
  EXPECT_THAT(at_risk_records(partition, test::brokers({3})), Optional(0));
  partition.last_isr = test::brokers({1, 2});
  EXPECT_THAT(at_risk_records(partition, test::brokers({3})), Optional(0));
}

TEST(AtRisk, IsNoneWhereThereIsOneReplicaOnly) {
  PartitionState partition;
  partition.replicas = partition.last_isr = test::brokers({1});
  EXPECT_THAT(at_risk_records(partition, std::nullopt), Optional(0));
}

TEST(Freshness, LastsAsLongAsItSaysAndNoLonger) {
  const Freshness freshness{at(30), kStale};
  EXPECT_TRUE(freshness.is_fresh(at(30)));
  EXPECT_TRUE(freshness.is_fresh(at(0)));
  EXPECT_FALSE(freshness.is_fresh(at(-0.001)));
  EXPECT_FALSE(freshness.is_fresh(std::nullopt));
}

}  // namespace
}  // namespace kie::replication
