#include "collectors/kafka/observer.h"

#include "tests/unit/collectors/kafka/mock_kafka.h"

#include <algorithm>
#include <thread>

namespace kie::kafka {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::Eq;
using testing::IsEmpty;
using testing::Ne;
using testing::Optional;

Observer observer_of(const config::Cluster& cluster) {
  auto observer = Observer::create(cluster, [](auto, auto, auto) {});
  if (!observer) throw std::runtime_error(observer.error().text);
  return std::move(*observer);
}

model::ClusterSnapshot begin(Observer& observer, const std::vector<std::string>& known = {}) {
  auto look = observer.begin(std::chrono::steady_clock::now(), known);
  if (!look) throw std::runtime_error(look.error().text);
  return std::move(*look);
}

/// Looks until the look is as wanted. An observer's first looks may come while it connects.
model::ClusterSnapshot look_until(
    Observer& observer, const std::function<bool(const model::ClusterSnapshot&)>& wanted) {
  const auto deadline = std::chrono::steady_clock::now() + seconds{30};
  while (true) {
    auto look = begin(observer);
    if (wanted(look)) return look;
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("the mock cluster does not come to look so");
  }
}

std::vector<std::string> names(const model::ClusterSnapshot& look) {
  std::vector<std::string> result;
  for (const auto& topic : look.topics) result.push_back(topic.name);
  return result;
}

const KnownId kNoIdKnown = [](const std::string&) { return std::nullopt; };

TEST(Observer, SeesBrokersAndTopics) {
  test::MockKafka mock{3};
  mock.create("orders", 4, 3);
  mock.create("clicks", 1, 1);
  auto observer = observer_of(mock.config());
  const auto look = begin(observer);
  EXPECT_THAT(names(look), ElementsAre("clicks", "orders"));
  const auto& orders = look.topics[1];
  EXPECT_EQ(orders.presence, model::Presence::kPresent);
  ASSERT_EQ(orders.partitions.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& row = orders.partitions[i];
    EXPECT_EQ(row.id, PartitionId{static_cast<int>(i)});
    EXPECT_EQ(row.leadership, model::Leadership::kLeader);
    EXPECT_EQ(row.replicas.size(), 3U);
    EXPECT_TRUE(std::is_sorted(row.isr.begin(), row.isr.end()));
    EXPECT_THAT(row.isr, ElementsAre(BrokerId{1}, BrokerId{2}, BrokerId{3}));
    EXPECT_FALSE(row.confirmed);
  }
}

TEST(Observer, ABrokerListIsHeardFromTwoBrokers) {
  test::MockKafka mock{3};
  mock.set_rack(2, "b");
  auto observer = observer_of(mock.config());
  const auto look = look_until(
      observer, [](const model::ClusterSnapshot& seen) { return seen.brokers.has_value(); });
  ASSERT_EQ(look.brokers->size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(look.brokers->at(i).id, BrokerId{static_cast<int>(i) + 1});
    EXPECT_EQ(look.brokers->at(i).host, "127.0.0.1");
    EXPECT_GT(look.brokers->at(i).port, 0);
  }
}

TEST(Observer, TopicsThatAreFilteredOutAreNotSeen) {
  test::MockKafka mock{1};
  mock.create("orders", 1, 1);
  mock.create("orders-tmp", 1, 1);
  mock.create("clicks", 1, 1);
  auto cluster = mock.config();
  ASSERT_EQ(cluster.topics.include("orders.*"), std::nullopt);
  ASSERT_EQ(cluster.topics.exclude(".*-tmp"), std::nullopt);
  auto observer = observer_of(cluster);
  EXPECT_THAT(names(begin(observer)), ElementsAre("orders"));
}

TEST(Observer, AnotherBrokerConfirmsWhatTheFirstSaid) {
  test::MockKafka mock{3};
  mock.create("orders", 2, 3);
  mock.create("clicks", 1, 3);
  auto observer = observer_of(mock.config());
  auto look = begin(observer);
  observer.confirm(look, {"orders"}, {}, kNoIdKnown);
  for (const auto& row : look.topics.at(1).partitions) EXPECT_TRUE(row.confirmed);
  EXPECT_THAT(look.topics.at(1).id, Ne(std::nullopt));
  EXPECT_FALSE(look.topics.at(0).partitions.at(0).confirmed) << "nobody was asked about it";
}

TEST(Observer, TheOnlyBrokerNeedsNoOther) {
  test::MockKafka mock{1};
  mock.create("orders", 1, 1);
  auto observer = observer_of(mock.config());
  auto look = begin(observer);
  EXPECT_THAT(look.brokers, Ne(std::nullopt));
  observer.confirm(look, {"orders"}, {}, kNoIdKnown);
  EXPECT_TRUE(look.topics.at(0).partitions.at(0).confirmed);
}

TEST(Observer, ATopicThatIsNotThereIsAskedForByNameAndIsNotBroughtBack) {
  test::MockKafka mock{3};
  mock.create("orders", 1, 3);
  auto observer = observer_of(mock.config());
  auto look = begin(observer);
  observer.confirm(look, {}, {"deleted"}, kNoIdKnown);
  ASSERT_THAT(names(look), ElementsAre("deleted", "orders"));
  EXPECT_EQ(look.topics[0].presence, model::Presence::kDeleted);
  EXPECT_THAT(names(begin(observer)), ElementsAre("orders")) << "asking must not create it";
}

TEST(Observer, APartitionThatNobodyLeadsIsOffline) {
  test::MockKafka mock{3};
  mock.create("orders", 1, 3);
  mock.set_leader("orders", 0, -1);
  auto observer = observer_of(mock.config());
  auto look = begin(observer);
  observer.confirm(look, {"orders"}, {}, kNoIdKnown);
  EXPECT_EQ(look.topics.at(0).partitions.at(0).leadership, model::Leadership::kNone);
  EXPECT_TRUE(look.topics.at(0).partitions.at(0).confirmed);
  EXPECT_EQ(observer.offsets(look, {}).missing, 0U) << "nobody is asked for them";
}

TEST(Observer, ANewLeaderIsSeen) {
  test::MockKafka mock{3};
  mock.create("orders", 1, 3);
  mock.set_leader("orders", 0, 1);
  auto observer = observer_of(mock.config());
  EXPECT_EQ(begin(observer).topics.at(0).partitions.at(0).leader, BrokerId{1});
  mock.set_leader("orders", 0, 3);
  EXPECT_EQ(begin(observer).topics.at(0).partitions.at(0).leader, BrokerId{3});
}

TEST(Observer, ALookAtSomeTopicsHasThoseOnly) {
  test::MockKafka mock{3};
  for (const auto* name : {"clicks", "orders", "payments"}) mock.create(name, 2, 3);
  mock.set_leader("orders", 1, 2);
  auto observer = observer_of(mock.config());
  begin(observer);
  const auto now = std::chrono::steady_clock::now();
  auto look = observer.look_at(now, {"orders", "payments"});
  ASSERT_TRUE(look) << look.error().text;
  EXPECT_EQ(look->at, now);
  EXPECT_FALSE(look->covers_all_topics);
  EXPECT_EQ(look->brokers, std::nullopt) << "nobody was asked for them";
  ASSERT_THAT(names(*look), ElementsAre("orders", "payments"));
  const auto& row = look->topics[0].partitions.at(1);
  EXPECT_EQ(row.leader, BrokerId{2});
  EXPECT_FALSE(row.confirmed);
  mock.produce("orders", 1, 5);
  observer.confirm(*look, {"orders"}, {}, kNoIdKnown);
  EXPECT_TRUE(look->topics[0].partitions.at(1).confirmed);
  EXPECT_EQ(observer.offsets(*look, {}).missing, 0U);
  EXPECT_THAT(look->topics[0].partitions.at(1).latest, Optional(Offset{5}));
}

TEST(Observer, ATopicThatIsNotThereAnyMoreIsNotInALookAtIt) {
  test::MockKafka mock{3};
  mock.create("orders", 1, 3);
  auto observer = observer_of(mock.config());
  begin(observer);
  const auto look = observer.look_at(std::chrono::steady_clock::now(), {"deleted", "orders"});
  ASSERT_TRUE(look) << look.error().text;
  EXPECT_THAT(names(*look), ElementsAre("orders"));
  EXPECT_THAT(names(begin(observer)), ElementsAre("orders")) << "asking must not create it";
}

TEST(Observer, ReadsOffsetsFromEveryLeader) {
  test::MockKafka mock{3};
  mock.create("orders", 3, 3);
  for (int i = 0; i < 3; ++i) mock.set_leader("orders", i, i + 1);
  mock.produce("orders", 1, 5);
  auto observer = observer_of(mock.config());
  auto look = begin(observer);
  const auto report = observer.offsets(look, {});
  EXPECT_EQ(report.missing, 0U);
  EXPECT_THAT(report.silent, IsEmpty());
  EXPECT_FALSE(report.error) << report.error->text;
  const auto& rows = look.topics.at(0).partitions;
  EXPECT_THAT(rows[0].latest, Optional(Offset{0}));
  EXPECT_THAT(rows[1].latest, Optional(Offset{5}));
  EXPECT_THAT(rows[1].earliest, Optional(Offset{0}));
  EXPECT_THAT(rows[2].latest, Optional(Offset{0}));
}

TEST(Observer, OffsetsAreAskedForAThousandPartitionsAtATime) {
  test::MockKafka mock{1};
  mock.create("orders", 2500, 1);
  mock.produce("orders", 2222, 3);
  auto observer = observer_of(mock.config());
  // On a busy machine so many take longer than a first question is waited for, and what came late
  // is still counted in the next round.
  const auto deadline = std::chrono::steady_clock::now() + seconds{60};
  auto look = begin(observer);
  std::size_t missing = 0;
  std::size_t requests = 0;
  do {
    look = begin(observer);
    mock.track_requests();
    missing = observer.offsets(look, {}).missing;
    requests = mock.count_requests()[test::MockKafka::kListOffsets];
  } while ((missing > 0 || requests != 2 * 3) && std::chrono::steady_clock::now() < deadline);
  EXPECT_EQ(missing, 0U);
  EXPECT_EQ(requests, 2U * 3U);
  EXPECT_THAT(look.topics.at(0).partitions.at(2222).latest, Optional(Offset{3}));
}

TEST(Observer, TopicsInDoubtAreAskedForApart) {
  test::MockKafka mock{1};
  mock.create("clicks", 2, 1);
  mock.create("orders", 2, 1);
  auto observer = observer_of(mock.config());
  for (const auto& in_doubt : std::vector<std::vector<std::string>>{{"orders"}, {}}) {
    auto look = begin(observer);
    observer.confirm(look, {"clicks", "orders"}, {}, kNoIdKnown);
    mock.track_requests();
    EXPECT_EQ(observer.offsets(look, in_doubt).missing, 0U);
    EXPECT_EQ(mock.count_requests()[test::MockKafka::kListOffsets], in_doubt.empty() ? 2 : 4);
  }
}

TEST(Observer, ASilentLeaderHoldsOnlyItsOwnPartitions) {
  test::MockKafka mock{3};
  mock.create("orders", 3, 3);
  for (int i = 0; i < 3; ++i) mock.set_leader("orders", i, i + 1);
  auto cluster = mock.config();
  cluster.request_timeout = seconds{2};
  auto observer = observer_of(cluster);
  // All are connected to and have answered once.
  auto look = begin(observer);
  ASSERT_EQ(observer.offsets(look, {}).missing, 0U);

  mock.set_delay(2, seconds{20});
  for (auto& row : look.topics.at(0).partitions) {
    row.latest.reset();
    row.earliest.reset();
  }
  const auto begun = std::chrono::steady_clock::now();
  const auto report = observer.offsets(look, {});
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds{10});
  EXPECT_THAT(report.silent, ElementsAre(BrokerId{2}));
  EXPECT_EQ(report.missing, 1U);
  const auto& rows = look.topics.at(0).partitions;
  EXPECT_THAT(rows[0].latest, Ne(std::nullopt));
  EXPECT_THAT(rows[1].latest, Eq(std::nullopt));
  EXPECT_THAT(rows[2].latest, Ne(std::nullopt));
}

TEST(Observer, ANewTopicIsSeenAlsoAfterABrokerWasSilent) {
  test::MockKafka mock{3};
  mock.create("orders", 2, 3);
  auto observer = observer_of(mock.config());
  begin(observer);
  // Looks in which librdkafka asks the silent broker go on with the topics known.
  mock.set_delay(1, seconds{3});
  for (int i = 0; i < 12; ++i) begin(observer, {"orders"});
  mock.set_delay(1, milliseconds{0});
  mock.create("fresh", 1, 3);
  const auto deadline = std::chrono::steady_clock::now() + seconds{20};
  std::vector<std::string> seen;
  while (seen.size() < 2 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(milliseconds{100});
    seen = names(begin(observer, {"orders"}));
  }
  EXPECT_THAT(seen, ElementsAre("fresh", "orders"));
}

TEST(Observer, SaysWhyNobodyAnswers) {
  config::Cluster cluster;
  cluster.servers = {"127.0.0.1:1"};
  cluster.request_timeout = milliseconds{300};
  auto observer = observer_of(cluster);
  const auto begun = std::chrono::steady_clock::now();
  const auto look = observer.begin(begun, {"orders"});
  ASSERT_FALSE(look);
  EXPECT_THAT(look.error().text, testing::StartsWith("_"));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, seconds{10});
}

TEST(Observer, SettingsThatNobodyAnswersForAreUnknown) {
  test::MockKafka mock{1};
  mock.create("orders", 1, 1);
  auto cluster = mock.config();
  cluster.request_timeout = seconds{2};
  auto observer = observer_of(cluster);
  begin(observer);
  model::Configs settings;
  // The mock does not have DescribeConfigs.
  const auto report = observer.settings(settings, {"orders"}, {BrokerId{1}});
  EXPECT_TRUE(report.topics_error);
  EXPECT_TRUE(report.brokers_failed.contains(BrokerId{1}));
  EXPECT_THAT(settings.topics, IsEmpty());
  EXPECT_THAT(settings.brokers, IsEmpty());
}

TEST(Observer, WithoutAnyLookThereIsNobodyToAskForSettings) {
  config::Cluster cluster;
  cluster.servers = {"127.0.0.1:1"};
  auto observer = observer_of(cluster);
  model::Configs settings;
  const auto report = observer.settings(settings, {"orders"}, {BrokerId{1}});
  ASSERT_TRUE(report.topics_error);
  EXPECT_EQ(report.topics_error->text, "no broker is known");
}

}  // namespace
}  // namespace kie::kafka
