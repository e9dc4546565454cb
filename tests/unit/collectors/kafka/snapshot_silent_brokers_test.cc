#include "tests/unit/collectors/kafka/fake_kafka.h"
#include "tests/unit/collectors/kafka/snapshot_reading.h"

namespace kie::kafka {
namespace {

using model::Confirmation;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::answered;
using test::broker_ids;
using test::FakeKafka;
using test::kOrders;
using test::kShort;
using test::kUnlimited;
using test::names;
using test::Reader;
using test::row;
using test::topic;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::Ne;
using testing::Optional;
using Clock = std::chrono::steady_clock;

TEST(SnapshotReader, ASilentLeaderHoldsOnlyItsOwnPartitions) {
  FakeKafka kafka{3};
  kafka.create("orders", 3, 3);
  Reader reader{kafka.config(), kShort};
  reader.read_until([](const auto& one) { return one.offsets.missing == 0; });
  kafka.silence(2);
  const auto begun = Clock::now();
  const auto report = reader.read_until([](const auto& one) { return one.offsets.missing == 1; });
  EXPECT_LT(Clock::now() - begun, kUnlimited);
  EXPECT_THAT(report.offsets.silent, ElementsAre(BrokerId{2}));
  EXPECT_THAT(row(report, 0).latest, Ne(std::nullopt));
  EXPECT_THAT(row(report, 1).latest, Eq(std::nullopt));
  EXPECT_THAT(row(report, 2).latest, Ne(std::nullopt));
  EXPECT_THAT(answered(report, 2), Optional(false));
  kafka.resume(2);
  reader.read_until(
      [](const auto& one) { return one.offsets.missing == 0 && answered(one, 2) == true; });
}

TEST(SnapshotReader, AFrozenBrokerIsNotAskedForMetadataAsLongAsAnotherAnswers) {
  FakeKafka kafka{3};
  kafka.create("orders", 1, 3);
  Reader reader{kafka.config(), kShort};
  reader.read();
  kafka.silence(1);
  // It is known to be silent after one of these.
  reader.read_until([](const auto& one) { return answered(one, 1) == false; });
  kafka.create("fresh", 1, 3);
  const auto report = reader.read_until([](const auto& one) { return names(one).size() == 2; },
                                        {.topics = {"fresh"}});
  EXPECT_TRUE(topic(report, "fresh").partitions.at(0).confirmed);
}

TEST(SnapshotReader, ASilentBrokerDoesNotMakeAnotherOneAloneAtOnce) {
  FakeKafka kafka{2};
  kafka.create("orders", 1, 2);
  Reader reader{kafka.config(), kShort};
  reader.read_until([](const auto& one) { return answered(one, 2) == true; });
  kafka.silence(2);
  const auto first = reader.read(kOrders);
  EXPECT_EQ(first.snapshot.confirmation, Confirmation::kPossible);
  EXPECT_FALSE(row(first).confirmed);
  const auto later = reader.read_until(
      [](const auto& one) { return one.snapshot.confirmation == Confirmation::kOneBrokerAnswers; },
      kOrders);
  EXPECT_TRUE(row(later).confirmed);
}

TEST(SnapshotReader, TheServersAreAskedWhenAllKnownBrokersAreGone) {
  FakeKafka kafka{3};
  auto cluster = kafka.config();
  cluster.servers = {kafka.server(3)};
  // Broker 3 is not one of the cluster yet.
  kafka.change([](auto& known) { known.brokers.at(3).is_fenced = true; });
  Reader reader{cluster, kShort};
  reader.read_until([](const auto& one) { return one.snapshot.brokers.has_value(); });
  kafka.change([](auto& known) { known.brokers.at(3).is_fenced = false; });
  for (const int broker : {1, 2}) {
    kafka.refuse(broker);
    kafka.change([&](auto& known) { known.brokers.at(broker).is_fenced = true; });
  }
  const auto report = reader.read_until([](const auto& one) {
    return one.snapshot.brokers.has_value() && one.snapshot.brokers->size() == 1;
  });
  EXPECT_THAT(broker_ids(report), ElementsAre(3));
}

TEST(SnapshotReader, AddressesKnownFromBeforeAreServersToo) {
  FakeKafka kafka{2};
  kafka.create("orders", 1, 2);
  auto cluster = kafka.config();
  cluster.servers = {kafka.server(1)};
  kafka.refuse(1);
  Reader reader{cluster, kShort};
  EXPECT_FALSE(reader.try_read());
  reader.session().client()->add_servers({kafka.server(2)});
  reader.read_until([](const auto& one) { return names(one).size() == 1; });
}

TEST(SnapshotReader, SaysWhyNobodyAnswers) {
  config::ClusterConfig cluster;
  cluster.servers = {"127.0.0.1:1"};
  cluster.request_timeout = milliseconds{300};
  Reader reader{cluster, milliseconds{250}};
  const auto begun = Clock::now();
  const auto report = reader.try_read();
  ASSERT_FALSE(report);
  EXPECT_THAT(report.error().text, HasSubstr("can be connected to"));
  EXPECT_LT(Clock::now() - begun, seconds{10});
}

TEST(SnapshotReader, AnErrorOfOneBrokerIsMadeUpForByAnother) {
  FakeKafka kafka{2};
  kafka.create("orders", 1, 2);
  Reader reader{kafka.config()};
  kafka.set_error(1, codec::kMetadata, kRequestTimedOut);
  for (int i = 0; i < 4; ++i) EXPECT_THAT(names(reader.read()), ElementsAre("orders")) << i;
}

}  // namespace
}  // namespace kie::kafka
