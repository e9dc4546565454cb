#include "collectors/kafka/snapshot_reader.h"

#include "tests/unit/collectors/kafka/fake_kafka.h"

#include <algorithm>

namespace kie::kafka {
namespace {

using model::Confirmation;
using model::Leadership;
using model::Presence;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::client_of;
using test::eventually;
using test::FakeKafka;
using test::kLong;
using test::kShort;
using testing::AllOf;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Ne;
using testing::Optional;
using Clock = std::chrono::steady_clock;

const auto kUnlimited = seconds{20};

/// What is known, and in doubt, before a snapshot is read.
struct Doubts {
  std::vector<std::string> known{};
  std::vector<std::string> topics{};
  std::vector<std::string> absent{};
  std::map<std::string, TopicId> ids{};

  Known to_known() const {
    return {.has_topics = !known.empty(),
            .has_topic =
                [this](const std::string& topic) { return std::ranges::count(known, topic) > 0; },
            .topic_id = [this](const std::string& topic) -> std::optional<TopicId> {
              const auto found = ids.find(topic);
              return found == ids.end() ? std::nullopt : std::optional{found->second};
            },
            .find_unconfirmed = [this](const auto&) { return model::Unconfirmed{topics, absent}; }};
  }
};

/// A reader with a session of its own.
class Reader {
 public:
  explicit Reader(const config::ClusterConfig& cluster, milliseconds least = kLong)
      : session_(client_of(cluster), cluster.request_timeout, least), reader_(session_, cluster) {}

  Result<SnapshotReport> try_read(const Doubts& doubts = {}) {
    return reader_.read(Clock::now(), doubts.to_known());
  }

  SnapshotReport read(const Doubts& doubts = {}) {
    auto report = try_read(doubts);
    if (!report) throw std::runtime_error(report.error().text);
    return std::move(*report);
  }

  SnapshotReport read_topics(const std::vector<std::string>& topics, const Doubts& doubts) {
    auto report = reader_.read_topics(Clock::now(), topics, doubts.to_known());
    if (!report) throw std::runtime_error(report.error().text);
    return std::move(*report);
  }

  /// Reads until it is as wanted: connections may have to come up or break first.
  SnapshotReport read_until(const std::function<bool(const SnapshotReport&)>& wanted,
                            const Doubts& doubts = {}) {
    std::optional<SnapshotReport> last;
    if (!eventually([&] {
          auto report = try_read(doubts);
          if (!report || !wanted(*report)) return false;
          last = std::move(*report);
          return true;
        }))
      throw std::runtime_error("no snapshot is as wanted");
    return std::move(*last);
  }

  Session& session() { return session_; }

 private:
  Session session_;
  SnapshotReader reader_;
};

std::vector<std::string> names(const SnapshotReport& report) {
  std::vector<std::string> result;
  for (const auto& topic : report.snapshot.topics) result.push_back(topic.name);
  return result;
}

const model::TopicSnapshot& topic(const SnapshotReport& report, const std::string& name) {
  const auto found = std::ranges::find(report.snapshot.topics, name, &model::TopicSnapshot::name);
  if (found == report.snapshot.topics.end()) throw std::runtime_error("no topic " + name);
  return *found;
}

const model::PartitionSnapshot& row(const SnapshotReport& report, std::size_t partition = 0) {
  return topic(report, "orders").partitions.at(partition);
}

std::vector<int> broker_ids(const SnapshotReport& report) {
  std::vector<int> result;
  for (const auto& broker : report.snapshot.brokers.value()) result.push_back(broker.id.value);
  return result;
}

std::optional<bool> answered(const SnapshotReport& report, int broker) {
  for (const auto& one : report.snapshot.brokers.value())
    if (one.id == BrokerId{broker}) return one.answered;
  throw std::runtime_error("no such broker");
}

const Doubts kOrders{.topics = {"orders"}};

// What a snapshot has.

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

// Another broker's word.

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

// Where there is nobody else.

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
  auto cluster = kafka.config();
  cluster.servers = {kafka.server(1)};
  for (const int broker : {2, 3}) kafka.refuse(broker);
  Reader reader{cluster, kShort};
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
  auto cluster = kafka.config();
  cluster.servers = {kafka.server(1)};
  for (const int broker : {2, 3}) kafka.refuse(broker);
  kafka.change([](auto& known) { known.brokers.at(3).is_fenced = true; });
  Reader reader{cluster, kShort};
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

// Brokers that do not answer.

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
