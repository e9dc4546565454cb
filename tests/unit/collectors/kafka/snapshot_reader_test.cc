#include "tests/unit/collectors/kafka/fake_kafka.h"
#include "tests/unit/collectors/kafka/snapshot_reading.h"

namespace kie::kafka {
namespace {

using model::Confirmation;
using model::Leadership;
using model::Presence;
using test::answered;
using test::broker_ids;
using test::Doubts;
using test::FakeKafka;
using test::kOrders;
using test::names;
using test::Reader;
using test::row;
using test::topic;
using testing::ElementsAre;
using testing::Eq;
using testing::IsEmpty;
using testing::Ne;
using testing::Optional;
using Clock = std::chrono::steady_clock;

TEST(SnapshotReader, SeesBrokersAndTopics) {
  FakeKafka kafka{3};
  kafka.create("orders", 4, 3);
  kafka.create("clicks", 1, 1);
  kafka.change([](auto& cluster) {
    cluster.topics.at("orders").partitions[2].isr = {1, 3};
    cluster.topics.at("orders").partitions[2].leader = 3;
  });
  Reader reader{kafka.config()};
  const auto report = reader.read();
  EXPECT_THAT(names(report), ElementsAre("clicks", "orders"));
  EXPECT_TRUE(report.snapshot.covers_all_topics);
  EXPECT_THAT(report.snapshot.cluster_id, Optional(Eq("fake-cluster")));
  EXPECT_EQ(report.snapshot.confirmation, Confirmation::kPossible);
  EXPECT_FALSE(report.snapshot.topics_refused);
  const auto& orders = topic(report, "orders");
  EXPECT_EQ(orders.presence, Presence::kPresent);
  EXPECT_THAT(orders.id, Optional(TopicId{1, 1}));
  ASSERT_EQ(orders.partitions.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(orders.partitions[i].id, PartitionId{static_cast<int>(i)});
    EXPECT_EQ(orders.partitions[i].leadership, Leadership::kLeader);
    EXPECT_FALSE(orders.partitions[i].confirmed) << "nobody was asked about it";
  }
  EXPECT_THAT(orders.partitions[1].replicas, ElementsAre(BrokerId{2}, BrokerId{3}, BrokerId{1}));
  EXPECT_THAT(orders.partitions[1].isr, ElementsAre(BrokerId{1}, BrokerId{2}, BrokerId{3}));
  EXPECT_THAT(orders.partitions[2].isr, ElementsAre(BrokerId{1}, BrokerId{3}));
  EXPECT_EQ(orders.partitions[2].leader, BrokerId{3});
}

TEST(SnapshotReader, TopicsThatAreFilteredOutAreNotSeen) {
  FakeKafka kafka{1};
  for (const auto* name : {"orders", "orders-tmp", "clicks"}) kafka.create(name, 1, 1);
  auto cluster = kafka.config();
  ASSERT_EQ(cluster.topics.include("orders.*"), std::nullopt);
  ASSERT_EQ(cluster.topics.exclude(".*-tmp"), std::nullopt);
  Reader reader{cluster};
  EXPECT_THAT(names(reader.read()), ElementsAre("orders"));
}

TEST(SnapshotReader, ABrokerListHasAddressesRacksAndWhoAnswered) {
  FakeKafka kafka{3};
  kafka.change([](auto& cluster) { cluster.brokers.at(2).rack = "b"; });
  Reader reader{kafka.config()};
  const auto report = reader.read();
  ASSERT_THAT(broker_ids(report), ElementsAre(1, 2, 3));
  for (const auto& broker : *report.snapshot.brokers) {
    EXPECT_EQ(broker.host + ":" + std::to_string(broker.port), kafka.server(broker.id.value));
    EXPECT_THAT(broker.answered, Optional(true));
    EXPECT_EQ(broker.rack, broker.id == BrokerId{2} ? "b" : "");
  }
}

TEST(SnapshotReader, AFencedBrokerIsNotListed) {
  FakeKafka kafka{3};
  Reader reader{kafka.config()};
  reader.read();
  kafka.change([](auto& cluster) { cluster.brokers.at(3).is_fenced = true; });
  EXPECT_THAT(broker_ids(reader.read_until(
                  [](const auto& report) { return report.snapshot.brokers.has_value(); })),
              ElementsAre(1, 2));
}

TEST(SnapshotReader, ABrokerListThatTwoBrokersContradictIsUnknown) {
  FakeKafka kafka{2};
  Reader reader{kafka.config()};
  reader.read();
  kafka.keep_view(2);
  kafka.change([](auto& cluster) { cluster.brokers[3].port = 1; });
  for (int i = 0; i < 4; ++i) EXPECT_EQ(reader.read().snapshot.brokers, std::nullopt) << i;
}

TEST(SnapshotReader, ABrokerListIsThatOfTheMajority) {
  FakeKafka kafka{3};
  Reader reader{kafka.config()};
  reader.read();
  kafka.keep_view(2, [](auto& view) { view.brokers.erase(3); });
  for (int i = 0; i < 4; ++i) EXPECT_THAT(broker_ids(reader.read()), ElementsAre(1, 2, 3)) << i;
}

TEST(SnapshotReader, APartitionThatNobodyLeadsIsOffline) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  kafka.change([](auto& cluster) {
    auto& partition = cluster.topics.at("orders").partitions[0];
    partition.leader = -1;
    partition.isr = {2};
    partition.error = 5;
  });
  Reader reader{kafka.config()};
  const auto report = reader.read(kOrders);
  EXPECT_EQ(row(report).leadership, Leadership::kNone);
  EXPECT_THAT(row(report).isr, ElementsAre(BrokerId{2})) << "the error is not one of the answer";
  EXPECT_TRUE(row(report).confirmed);
  EXPECT_EQ(report.offsets.missing, 0U) << "nobody is asked for them";
}

TEST(SnapshotReader, ALeaderWithoutTheListenerInUseIsNoOfflinePartition) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  kafka.change([](auto& cluster) {
    cluster.topics.at("orders").partitions[0].leader = -1;
    cluster.topics.at("orders").partitions[0].error = kListenerNotFound;
  });
  Reader reader{kafka.config()};
  const auto report = reader.read(kOrders);
  EXPECT_EQ(row(report).leadership, Leadership::kNoListener);
  EXPECT_EQ(row(report).isr.size(), 3U);
  EXPECT_TRUE(row(report).confirmed);
}

TEST(SnapshotReader, ThatNoTopicMayBeDescribedIsSaid) {
  FakeKafka kafka{3};
  Reader reader{kafka.config()};
  EXPECT_FALSE(reader.read().snapshot.topics_refused) << "there is none";
  kafka.create("__consumer_offsets", 1, 1);
  kafka.change([](auto& cluster) {
    cluster.topics.at("__consumer_offsets").error = kTopicAuthorizationFailed;
  });
  const auto report = reader.read();
  EXPECT_THAT(names(report), IsEmpty());
  EXPECT_TRUE(report.snapshot.topics_refused);
}

// Offsets.

TEST(SnapshotReader, ReadsOffsetsFromEveryLeader) {
  FakeKafka kafka{3};
  kafka.create("orders", 3, 3);
  kafka.change([](auto& cluster) {
    auto& partition = cluster.topics.at("orders").partitions[1];
    partition.high_watermark = 5;
    partition.log_start = 2;
    cluster.elect("orders", 1, 2, 4);
  });
  Reader reader{kafka.config()};
  const auto report = reader.read();
  EXPECT_EQ(report.offsets.missing, 0U);
  EXPECT_THAT(report.offsets.silent, IsEmpty());
  EXPECT_FALSE(report.offsets.error) << report.offsets.error->text;
  EXPECT_THAT(row(report, 0).latest, Optional(Offset{0}));
  EXPECT_THAT(row(report, 1).latest, Optional(Offset{5}));
  EXPECT_THAT(row(report, 1).earliest, Optional(Offset{2}));
  EXPECT_THAT(row(report, 1).leader_epoch, Optional(LeaderEpoch{4}));
  EXPECT_THAT(row(report, 2).latest, Optional(Offset{0}));
}

TEST(SnapshotReader, OffsetsOfAnyNumberOfPartitionsAreTwoRequestsForEachLeader) {
  FakeKafka kafka{2};
  kafka.create("orders", 3000, 2);
  Reader reader{kafka.config()};
  EXPECT_EQ(reader.read().offsets.missing, 0U);
  for (const int broker : {1, 2}) EXPECT_EQ(kafka.requests(broker, codec::kListOffsets), 2);
}

TEST(SnapshotReader, WhoDeniesToLeadMakesTheLeaderUnknown) {
  FakeKafka kafka{3};
  kafka.create("orders", 2, 3);
  // Metadata is behind: the leader has resigned already.
  kafka.set_error(1, codec::kListOffsets, kNotLeaderOrFollower);
  Reader reader{kafka.config()};
  const auto report = reader.read();
  EXPECT_EQ(row(report, 0).leadership, Leadership::kUnknown);
  EXPECT_EQ(row(report, 0).latest, std::nullopt);
  EXPECT_EQ(row(report, 1).leadership, Leadership::kLeader);
  EXPECT_EQ(report.offsets.missing, 1U);
  ASSERT_TRUE(report.offsets.error);
  EXPECT_EQ(report.offsets.error->code, kNotLeaderOrFollower);
}

TEST(SnapshotReader, WhatOffsetsPutInDoubtIsHeardFromAnotherBrokerToo) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  Reader reader{kafka.config()};
  const Doubts nothing;
  auto known = nothing.to_known();
  known.find_unconfirmed = [](const model::ClusterSnapshot& snapshot) {
    const bool has_offsets = snapshot.topics.at(0).partitions.at(0).latest.has_value();
    return model::Unconfirmed{
        has_offsets ? std::vector<std::string>{"orders"} : std::vector<std::string>{}, {}};
  };
  SnapshotReader one{reader.session(), kafka.config()};
  const auto report = one.read(Clock::now(), known);
  ASSERT_TRUE(report) << report.error().text;
  EXPECT_TRUE(row(*report).confirmed);
  EXPECT_THAT(row(*report).latest, Ne(std::nullopt)) << "it was the leader's";
}

// Some topics only.

TEST(SnapshotReader, ASnapshotOfSomeTopicsHasThoseOnly) {
  FakeKafka kafka{3};
  for (const auto* name : {"clicks", "orders", "payments"}) kafka.create(name, 2, 3);
  kafka.change([](auto& cluster) { cluster.topics.at("orders").partitions[1].high_watermark = 5; });
  Reader reader{kafka.config()};
  const Doubts doubts{.known = {"clicks", "orders", "payments"}, .topics = {"orders"}};
  reader.read(doubts);
  const auto report = reader.read_topics({"orders", "payments"}, doubts);
  EXPECT_FALSE(report.snapshot.covers_all_topics);
  EXPECT_EQ(report.snapshot.brokers, std::nullopt) << "nobody was asked for them";
  ASSERT_THAT(names(report), ElementsAre("orders", "payments"));
  EXPECT_TRUE(row(report, 1).confirmed);
  EXPECT_FALSE(topic(report, "payments").partitions.at(0).confirmed);
  EXPECT_THAT(row(report, 1).latest, Optional(Offset{5}));
  EXPECT_EQ(report.offsets.missing, 0U);
}

TEST(SnapshotReader, ATopicThatIsNotThereAnyMoreIsNotInASnapshotOfIt) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  Reader reader{kafka.config()};
  const Doubts doubts{.known = {"deleted", "orders"}};
  reader.read(doubts);
  EXPECT_THAT(names(reader.read_topics({"deleted", "orders"}, doubts)), ElementsAre("orders"));
  EXPECT_THAT(names(reader.read()), ElementsAre("orders")) << "asking must not create it";
}

}  // namespace
}  // namespace kie::kafka
