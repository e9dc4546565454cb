#include "tests/unit/collectors/kafka/fake_kafka.h"
#include "tests/unit/collectors/kafka/snapshot_reading.h"

namespace kie::kafka {
namespace {

using model::Leadership;
using model::Presence;
using test::answered;
using test::Doubts;
using test::FakeKafka;
using test::kOrders;
using test::kUnlimited;
using test::names;
using test::Reader;
using test::row;
using test::topic;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using Clock = std::chrono::steady_clock;

TEST(SnapshotReader, AnotherBrokerConfirmsWhatTheFirstSaid) {
  FakeKafka kafka{3};
  kafka.create("orders", 2, 3);
  kafka.create("clicks", 1, 3);
  Reader reader{kafka.config()};
  const auto report = reader.read(kOrders);
  for (std::size_t i = 0; i < 2; ++i) EXPECT_TRUE(row(report, i).confirmed);
  EXPECT_FALSE(topic(report, "clicks").partitions.at(0).confirmed) << "nobody was asked about it";
}

TEST(SnapshotReader, OldNewsOfOneBrokerIsOutvoted) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  kafka.keep_view(1);
  kafka.change([](auto& cluster) {
    cluster.elect("orders", 0, 2, 1);
    cluster.topics.at("orders").partitions[0].isr = {2, 3};
  });
  Reader reader{kafka.config()};
  // Whoever is asked first.
  for (int i = 0; i < 6; ++i) {
    const auto report = reader.read(kOrders);
    EXPECT_EQ(row(report).leadership, Leadership::kLeader) << i;
    EXPECT_EQ(row(report).leader, BrokerId{2}) << i;
    EXPECT_TRUE(row(report).confirmed) << i;
    EXPECT_THAT(row(report).leader_epoch, Optional(LeaderEpoch{1})) << i;
  }
}

TEST(SnapshotReader, TwoBrokersThatContradictEachOtherMakeItUnknown) {
  FakeKafka kafka{2};
  kafka.create("orders", 1, 2);
  kafka.keep_view(2);
  kafka.change([](auto& cluster) { cluster.topics.at("orders").partitions[0].isr = {1}; });
  Reader reader{kafka.config()};
  const auto report = reader.read(kOrders);
  EXPECT_EQ(row(report).leadership, Leadership::kUnknown);
  EXPECT_FALSE(row(report).confirmed);
}

TEST(SnapshotReader, AnotherTopicIdCountsOnlyFromTwoBrokers) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  constexpr TopicId kOld{1, 1};
  constexpr TopicId kNew{7, 7};
  Reader reader{kafka.config()};
  Doubts doubts{.known = {"orders"}, .topics = {"orders"}, .ids = {{"orders", kOld}}};
  ASSERT_THAT(topic(reader.read(doubts), "orders").id, Optional(kOld));
  // One broker has heard of it, or has a fault.
  kafka.keep_view(3, [&](auto& view) { view.topics.at("orders").id = kNew; });
  for (int i = 0; i < 6; ++i)
    EXPECT_THAT(topic(reader.read(doubts), "orders").id, Optional(kOld)) << i;
  kafka.keep_view(1);
  kafka.share_view(3);
  kafka.change([&](auto& cluster) { cluster.topics.at("orders").id = kNew; });
  for (int i = 0; i < 6; ++i)
    EXPECT_THAT(topic(reader.read(doubts), "orders").id, Optional(kNew)) << i;
}

TEST(SnapshotReader, ATopicThatIsNotThereAnyMoreIsAskedForByNameAndNotBroughtBack) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  Reader reader{kafka.config()};
  const auto report = reader.read({.known = {"deleted", "orders"}, .absent = {"deleted"}});
  ASSERT_THAT(names(report), ElementsAre("deleted", "orders"));
  EXPECT_EQ(topic(report, "deleted").presence, Presence::kDeleted);
  EXPECT_THAT(names(reader.read()), ElementsAre("orders")) << "asking must not create it";
}

TEST(SnapshotReader, AbsentTopicsAndDoubtfulOnesAreAnsweredForTogether) {
  FakeKafka kafka{2};
  kafka.create("b", 1, 2);
  kafka.create("d", 1, 2);
  Reader reader{kafka.config()};
  const auto report =
      reader.read({.known = {"a", "b", "c", "d"}, .topics = {"b", "d"}, .absent = {"a", "c"}});
  ASSERT_THAT(names(report), ElementsAre("a", "b", "c", "d"));
  for (const auto* name : {"b", "d"})
    EXPECT_TRUE(topic(report, name).partitions.at(0).confirmed) << name;
  for (const auto* name : {"a", "c"})
    EXPECT_EQ(topic(report, name).presence, Presence::kDeleted) << name;
}

TEST(SnapshotReader, ALeaderThatNobodyListsIsNotAsked) {
  FakeKafka kafka{1};
  kafka.create("orders", 2, 1);
  kafka.change([](auto& cluster) { cluster.topics.at("orders").partitions[1].leader = 4711; });
  Reader reader{kafka.config()};
  const auto begun = Clock::now();
  const auto report = reader.read();
  EXPECT_EQ(row(report, 1).leader, BrokerId{4711});
  EXPECT_EQ(row(report, 1).latest, std::nullopt);
  EXPECT_TRUE(row(report, 0).latest);
  EXPECT_EQ(report.offsets.missing, 1U);
  EXPECT_THAT(report.offsets.silent, IsEmpty());
  EXPECT_LT(Clock::now() - begun, kUnlimited);
}

TEST(SnapshotReader, TwoBrokersWithOneAddressConfirmNothingForEachOther) {
  FakeKafka kafka{3};
  kafka.create("orders", 3, 3);
  kafka.change([](auto& cluster) { cluster.brokers.at(2).port = cluster.brokers.at(1).port; });
  // Whoever is asked at the address of 1 and 2 is broker 1, whose news is old.
  kafka.keep_view(1, [](auto& view) { view.topics.at("orders").partitions[2].isr = {3}; });
  Reader reader{kafka.config()};
  for (int i = 0; i < 6; ++i) {
    const auto report = reader.read(kOrders);
    EXPECT_FALSE(row(report, 2).confirmed && row(report, 2).isr.size() == 1) << i;
    // Broker 1 denies to lead what 2 leads, which proves nothing.
    EXPECT_EQ(row(report, 1).leadership, Leadership::kLeader) << i;
  }
}

TEST(SnapshotReader, AnAbsentTopicThatMayNotBeDescribedIsNotDeleted) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  kafka.change(
      [](auto& cluster) { cluster.topics.at("orders").error = kTopicAuthorizationFailed; });
  Reader reader{kafka.config()};
  const auto report = reader.read({.known = {"orders"}, .absent = {"orders"}});
  EXPECT_EQ(topic(report, "orders").presence, Presence::kUnauthorized);
}

TEST(SnapshotReader, ATopicThatOneBrokerHasNotHeardOfYetIsNotDeleted) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  kafka.keep_view(1, [](auto& view) { view.topics.clear(); });
  Reader reader{kafka.config()};
  std::set<bool> seen;
  for (int i = 0; i < 6; ++i) {
    // Absent only where broker 1 answered first.
    const Doubts doubts{.known = {"orders"}};
    auto known = doubts.to_known();
    known.find_unconfirmed = [](const model::ClusterSnapshot& snapshot) {
      return model::Unconfirmed{{},
                                snapshot.topics.empty() ? std::vector<std::string>{"orders"}
                                                        : std::vector<std::string>{}};
    };
    SnapshotReader one{reader.session(), kafka.config()};
    const auto report = one.read(Clock::now(), known);
    ASSERT_TRUE(report) << report.error().text;
    const auto presence = topic(*report, "orders").presence;
    seen.insert(presence == Presence::kPresent);
    EXPECT_THAT(presence, testing::AnyOf(Presence::kPresent, Presence::kUnknown));
  }
  EXPECT_THAT(seen, testing::Contains(false)) << "broker 1 was never asked first";
}

}  // namespace
}  // namespace kie::kafka
