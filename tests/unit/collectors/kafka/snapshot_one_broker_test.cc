#include "tests/unit/collectors/kafka/fake_kafka.h"
#include "tests/unit/collectors/kafka/snapshot_reading.h"

namespace kie::kafka {
namespace {

using model::Confirmation;
using model::Leadership;
using model::Presence;
using test::answered;
using test::broker_ids;
using test::FakeKafka;
using test::kOrders;
using test::kShort;
using test::Reader;
using test::row;
using test::topic;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

/// Of three brokers broker 1 alone answers. It is the configured server.
config::ClusterConfig refuse_all_but_first(FakeKafka& kafka) {
  for (const int broker : {2, 3}) kafka.refuse(broker);
  auto cluster = kafka.config();
  cluster.servers = {kafka.server(1)};
  return cluster;
}

TEST(SnapshotReader, TheOnlyBrokerNeedsNoOther) {
  FakeKafka kafka{1};
  kafka.create("orders", 1, 1);
  Reader reader{kafka.config()};
  const auto report = reader.read(kOrders);
  EXPECT_THAT(broker_ids(report), ElementsAre(1));
  EXPECT_TRUE(row(report).confirmed);
  EXPECT_EQ(report.snapshot.confirmation, Confirmation::kPossible);
}

TEST(SnapshotReader, TheOnlyBrokerSaysThatATopicIsDeleted) {
  FakeKafka kafka{1};
  Reader reader{kafka.config()};
  const auto report = reader.read({.known = {"orders"}, .absent = {"orders"}});
  EXPECT_EQ(topic(report, "orders").presence, Presence::kDeleted);
}

TEST(SnapshotReader, TheOnlyBrokerListedIsNotTheOnlyOneIfOthersHaveReplicas) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  kafka.change([](auto& cluster) {
    for (const int id : {2, 3}) cluster.brokers.at(id).is_fenced = true;
  });
  auto cluster = kafka.config();
  cluster.servers = {kafka.server(1)};
  Reader reader{cluster};
  const auto report = reader.read(kOrders);
  EXPECT_EQ(report.snapshot.confirmation, Confirmation::kOneBrokerAnswers);
  EXPECT_TRUE(row(report).confirmed) << "its word counts";
}

TEST(SnapshotReader, TheOneBrokerThatAnswersIsAlone) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  Reader reader{refuse_all_but_first(kafka), kShort};
  const auto report = reader.read_until(
      [](const auto& one) {
        return one.snapshot.confirmation == Confirmation::kOneBrokerAnswers && row(one).confirmed;
      },
      kOrders);
  ASSERT_THAT(broker_ids(report), ElementsAre(1, 2, 3)) << "they are told, and do not answer";
  EXPECT_THAT(answered(report, 1), Optional(true));
  EXPECT_THAT(answered(report, 2), Optional(false));
  EXPECT_THAT(answered(report, 3), Optional(false));
  for (int i = 0; i < 3; ++i)
    EXPECT_TRUE(
        row(reader.read_topics({"orders"}, {.known = {"orders"}, .topics = {"orders"}})).confirmed)
        << i;
  kafka.accept(3);
  reader.read_until([](const auto& one) {
    return one.snapshot.confirmation == Confirmation::kPossible && answered(one, 3) == true;
  });
}

TEST(SnapshotReader, ABrokerThatJoinsAndDoesNotAnswerConfirmsNothing) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  kafka.change([](auto& known) { known.brokers.at(3).is_fenced = true; });
  Reader reader{refuse_all_but_first(kafka), kShort};
  reader.read_until(
      [](const auto& one) { return one.snapshot.confirmation == Confirmation::kOneBrokerAnswers; },
      kOrders);
  kafka.change([](auto& known) { known.brokers.at(3).is_fenced = false; });
  const auto joined = reader.read(kOrders);
  EXPECT_EQ(joined.snapshot.confirmation, Confirmation::kOneBrokerAnswers);
  EXPECT_THAT(broker_ids(joined), ElementsAre(1, 2, 3));
}

TEST(SnapshotReader, ABrokerThatListsItselfOnlyIsNotAloneWhileOthersAnswer) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  Reader reader{kafka.config()};
  reader.read();
  kafka.keep_view(2, [](auto& view) {
    view.brokers.erase(1);
    view.brokers.erase(3);
    view.topics.at("orders").partitions[0].isr = {2};
  });
  for (int i = 0; i < 4; ++i) {
    const auto report = reader.read(kOrders);
    EXPECT_EQ(report.snapshot.confirmation, Confirmation::kPossible) << i;
    EXPECT_THAT(broker_ids(report), ElementsAre(1, 2, 3)) << i;
    EXPECT_FALSE(row(report).confirmed && row(report).isr.size() == 1) << i;
  }
}

TEST(SnapshotReader, OneAddressForAllBrokersIsSaid) {
  FakeKafka kafka{3};
  kafka.create("orders", 3, 3);
  kafka.change([&](auto& cluster) {
    for (auto& [id, broker] : cluster.brokers) broker.port = cluster.brokers.at(1).port;
  });
  auto cluster = kafka.config();
  cluster.servers = {kafka.server(1)};
  Reader reader{cluster};
  const auto report = reader.read(kOrders);
  EXPECT_EQ(report.snapshot.confirmation, Confirmation::kOneAddress);
  EXPECT_TRUE(row(report).confirmed);
  // Broker 1 denies to lead the others' partitions, which proves nothing of them.
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(row(report, i).leadership, Leadership::kLeader);
  EXPECT_GE(report.offsets.missing, 2U);
}

TEST(SnapshotReader, BrokersOfTwoClustersAreAnError) {
  FakeKafka kafka{3};
  kafka.keep_view(3, [](auto& view) { view.id = "another"; });
  Reader reader{kafka.config()};
  const auto report = reader.try_read();
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().text,
              AllOf(HasSubstr("two clusters"), HasSubstr("fake-cluster"), HasSubstr("another")));
}

}  // namespace
}  // namespace kie::kafka
