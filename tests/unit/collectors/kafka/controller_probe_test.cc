#include "collectors/kafka/controller_probe.h"

#include "collectors/kafka/rdkafka.h"
#include "tests/unit/collectors/kafka/fake_kafka.h"

namespace kie::kafka {
namespace {

using codec::kDescribeQuorum;
using model::ControllerAnswer;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::client_of;
using test::eventually;
using test::FakeKafka;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Clock = std::chrono::steady_clock;

/// Well above the probe's own deadline of 4 s.
constexpr seconds kAtMost{20};

std::vector<BrokerId> brokers(const std::vector<int>& ids) {
  std::vector<BrokerId> result;
  for (const int id : ids) result.emplace_back(id);
  return result;
}

class ControllerProbeTest : public testing::Test {
 protected:
  /// Of a client that knows the brokers, as all have that answered a poll.
  ControllerProbe probe() const {
    auto client = client_of(kafka_.config());
    char* id =
        rd_kafka_clusterid(client->handle(), static_cast<int>(milliseconds{kAtMost}.count()));
    if (id == nullptr) throw std::runtime_error("the client does not learn of the brokers");
    rd_kafka_mem_free(client->handle(), id);
    return ControllerProbe{std::move(client)};
  }

  /// Asks, and takes what comes of it as a poll thread does: a bit at a time.
  static model::ControllerSnapshot ask(ControllerProbe& probe, const std::vector<int>& ids) {
    const auto at = Clock::now();
    probe.ask(brokers(ids));
    std::optional<model::ControllerSnapshot> snapshot;
    while (!snapshot && Clock::now() < at + kAtMost) snapshot = probe.take(milliseconds{100});
    if (!snapshot) throw std::runtime_error("the probe does not come to an end");
    EXPECT_GE(snapshot->at, at);
    EXPECT_EQ(probe.due(), std::nullopt);
    return std::move(*snapshot);
  }

  int requests() const {
    int count = 0;
    for (const int broker : {1, 2, 3}) count += kafka_.requests(broker, kDescribeQuorum);
    return count;
  }

  void set_errors(int error) {
    for (const int broker : {1, 2, 3}) kafka_.set_error(broker, kDescribeQuorum, error);
  }

  FakeKafka kafka_{3};
};

TEST_F(ControllerProbeTest, IsTheLeaderOfTheQuorum) {
  auto asking = probe();
  const auto snapshot = ask(asking, {1, 2, 3});
  EXPECT_EQ(snapshot.answer, ControllerAnswer::kAnswered);
  ASSERT_TRUE(snapshot.quorum);
  EXPECT_THAT(snapshot.why, IsEmpty());
  const auto& quorum = *snapshot.quorum;
  EXPECT_EQ(quorum.leader, BrokerId{100});
  EXPECT_EQ(quorum.epoch, LeaderEpoch{7});
  ASSERT_EQ(quorum.voters.size(), 1U);
  EXPECT_EQ(quorum.voters[0].id, BrokerId{100});
  EXPECT_EQ(quorum.voters[0].log_end, Offset{1001});
  EXPECT_EQ(quorum.observers.size(), 3U);
  EXPECT_EQ(requests(), 1) << "one broker is enough";
}

TEST_F(ControllerProbeTest, IsAskedForByEachBrokerInTurn) {
  auto asking = probe();
  for (int i = 0; i < 6; ++i) ask(asking, {1, 2, 3});
  for (const int broker : {1, 2, 3}) EXPECT_EQ(kafka_.requests(broker, kDescribeQuorum), 2);
}

TEST_F(ControllerProbeTest, IsNotAskedForTwiceAtATime) {
  kafka_.change([](auto& cluster) { cluster.controller.reset(); });
  auto asking = probe();
  const auto at = Clock::now();
  asking.ask(brokers({1}));
  ASSERT_TRUE(eventually([&] {
    asking.take(milliseconds{10});
    return kafka_.requests(1, kDescribeQuorum) == 1;
  }));
  asking.ask(brokers({1}));
  kafka_.change([](auto& cluster) { cluster.controller = 101; });
  std::optional<model::ControllerSnapshot> snapshot;
  ASSERT_TRUE(eventually([&] { return (snapshot = asking.take(milliseconds{10})).has_value(); }));
  EXPECT_GE(snapshot->at, at);
  EXPECT_EQ(kafka_.requests(1, kDescribeQuorum), 1);
}

TEST_F(ControllerProbeTest, ARefusalProvesThatThereIsOne) {
  set_errors(kClusterAuthorizationFailed);
  auto asking = probe();
  const auto snapshot = ask(asking, {1, 2, 3});
  EXPECT_EQ(snapshot.answer, ControllerAnswer::kRefused);
  EXPECT_EQ(snapshot.quorum, std::nullopt);
  EXPECT_THAT(snapshot.why, AllOf(HasSubstr("broker 1"), HasSubstr("CLUSTER_AUTHORIZATION")));
}

TEST_F(ControllerProbeTest, IsNoneWhereTwoBrokersWaitForItInVain) {
  kafka_.change([](auto& cluster) { cluster.controller.reset(); });
  auto asking = probe();
  const auto snapshot = ask(asking, {1, 2, 3});
  EXPECT_EQ(snapshot.answer, ControllerAnswer::kNone);
  EXPECT_THAT(snapshot.why, HasSubstr("4000 ms"));
  EXPECT_EQ(requests(), 2) << "a second broker was asked, and no third";
}

TEST_F(ControllerProbeTest, ASecondBrokerIsAskedInTimeHoweverLongTheWait) {
  kafka_.change([](auto& cluster) { cluster.controller.reset(); });
  auto asking = probe();
  const auto at = Clock::now();
  asking.ask(brokers({1, 2, 3}));
  const auto snapshot = asking.take(kAtMost);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->answer, ControllerAnswer::kNone);
  // The two are waited for side by side: one after the other would be eight seconds.
  EXPECT_LT(snapshot->at, at + seconds{7});
}

TEST_F(ControllerProbeTest, IsNoneWhereTheOnlyBrokerThatCanBeAskedWaitsInVain) {
  kafka_.change([](auto& cluster) { cluster.controller.reset(); });
  auto asking = probe();
  EXPECT_EQ(ask(asking, {2}).answer, ControllerAnswer::kNone);
}

TEST_F(ControllerProbeTest, IsThereWhenOnlyOneBrokerCannotReachIt) {
  kafka_.keep_view(1, [](auto& view) { view.controller.reset(); });
  auto asking = probe();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(ask(asking, {1, 2}).answer, ControllerAnswer::kAnswered) << i;
}

TEST_F(ControllerProbeTest, IsNoneWhereBrokersSayThatItDidNotAnswer) {
  set_errors(kRequestTimedOut);
  auto asking = probe();
  EXPECT_EQ(ask(asking, {1, 2, 3}).answer, ControllerAnswer::kNone);
  EXPECT_EQ(requests(), 2);
}

TEST_F(ControllerProbeTest, IsNoneWhereBrokersReachOneThatIsNoneAnyMore) {
  for (const int error : {kNotLeaderOrFollower, kNotController}) {
    set_errors(error);
    auto asking = probe();
    EXPECT_EQ(ask(asking, {1, 2, 3}).answer, ControllerAnswer::kNone) << error;
  }
}

TEST_F(ControllerProbeTest, IsUnknownWhereAnErrorSaysNothingOfIt) {
  constexpr int kInvalidRequest = 42;
  set_errors(kInvalidRequest);
  auto asking = probe();
  EXPECT_EQ(ask(asking, {1, 2, 3}).answer, ControllerAnswer::kUnknown);
}

TEST_F(ControllerProbeTest, IsNotLostWhereTwoBrokersOfManyAreCutOffFromIt) {
  auto asking = probe();
  ASSERT_TRUE(ask(asking, {3}).quorum);
  for (const int broker : {1, 2}) kafka_.set_error(broker, kDescribeQuorum, kRequestTimedOut);
  for (int i = 0; i < 6; ++i)
    EXPECT_EQ(ask(asking, {1, 2, 3}).answer, ControllerAnswer::kAnswered) << i;
}

TEST_F(ControllerProbeTest, IsNoneWhereTheQuorumHasNoLeader) {
  kafka_.change([](auto& cluster) { cluster.controller = -1; });
  auto asking = probe();
  EXPECT_EQ(ask(asking, {1, 2, 3}).answer, ControllerAnswer::kNone);
}

TEST_F(ControllerProbeTest, IsSeenAgainOnceItIsBack) {
  kafka_.change([](auto& cluster) { cluster.controller.reset(); });
  auto asking = probe();
  ASSERT_EQ(ask(asking, {1, 2, 3}).answer, ControllerAnswer::kNone);
  kafka_.change([](auto& cluster) {
    cluster.controller = 101;
    cluster.controller_epoch = 8;
  });
  EXPECT_TRUE(eventually([&] { return ask(asking, {1, 2, 3}).quorum.has_value(); }));
}

TEST_F(ControllerProbeTest, AnElectionIsWaitedFor) {
  kafka_.change([](auto& cluster) { cluster.controller.reset(); });
  auto asking = probe();
  asking.ask(brokers({1}));
  ASSERT_EQ(asking.take(milliseconds{500}), std::nullopt);
  EXPECT_NE(asking.due(), std::nullopt);
  kafka_.change([](auto& cluster) { cluster.controller = 101; });
  std::optional<model::ControllerSnapshot> snapshot;
  ASSERT_TRUE(eventually([&] { return (snapshot = asking.take(milliseconds{10})).has_value(); }));
  EXPECT_THAT(snapshot->answer,
              testing::AnyOf(ControllerAnswer::kAnswered, ControllerAnswer::kNone));
}

TEST_F(ControllerProbeTest, IsUnsupportedWhereBrokersDoNotHaveTheRequest) {
  for (const int broker : {1, 2, 3}) kafka_.set_versions(broker, kDescribeQuorum, std::nullopt);
  auto asking = probe();
  EXPECT_EQ(ask(asking, {1, 2, 3}).answer, ControllerAnswer::kUnsupported);
  EXPECT_EQ(requests(), 0);
}

TEST_F(ControllerProbeTest, IsFoundOnceBrokersHaveTheRequest) {
  for (const int broker : {1, 2, 3}) kafka_.set_versions(broker, kDescribeQuorum, std::nullopt);
  auto asking = probe();
  EXPECT_EQ(ask(asking, {1, 2, 3}).answer, ControllerAnswer::kUnsupported);
  for (const int broker : {1, 2, 3}) kafka_.set_versions(broker, kDescribeQuorum, std::pair{0, 2});
  for (const int broker : {1, 2, 3}) kafka_.drop_connections(broker);
  EXPECT_TRUE(eventually([&] {
    return ask(asking, {1, 2, 3}).answer == ControllerAnswer::kAnswered;
  })) << "they left ZooKeeper, and had to restart for it";
}

TEST_F(ControllerProbeTest, IsUnsupportedWhereABrokerSaysSo) {
  set_errors(kUnsupportedVersion);
  auto asking = probe();
  EXPECT_EQ(ask(asking, {1, 2, 3}).answer, ControllerAnswer::kUnsupported);
}

TEST_F(ControllerProbeTest, IsAskedForWhereOnlySomeBrokersHaveTheRequest) {
  kafka_.set_versions(1, kDescribeQuorum, std::nullopt);
  auto asking = probe();
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(ask(asking, {1, 2}).answer, ControllerAnswer::kAnswered) << i;
}

TEST_F(ControllerProbeTest, IsUnknownWhereNoBrokerCanBeAsked) {
  auto asking = probe();
  const auto snapshot = ask(asking, {});
  EXPECT_EQ(snapshot.answer, ControllerAnswer::kUnknown);
  EXPECT_THAT(snapshot.why, HasSubstr("no broker answers"));
}

TEST_F(ControllerProbeTest, AQuestionThatIsDroppedIsNotAnswered) {
  auto asking = probe();
  asking.ask(brokers({1}));
  asking.drop();
  EXPECT_EQ(asking.due(), std::nullopt);
  EXPECT_EQ(asking.take(milliseconds{100}), std::nullopt);
  EXPECT_TRUE(ask(asking, {1, 2, 3}).quorum);
}

TEST_F(ControllerProbeTest, IsUnknownWhereConnectionsAreLost) {
  auto asking = probe();
  ASSERT_TRUE(eventually([&] { return ask(asking, {1, 2, 3}).quorum.has_value(); }));
  for (const int broker : {1, 2, 3}) kafka_.refuse(broker);
  const auto snapshot = ask(asking, {1, 2, 3});
  EXPECT_EQ(snapshot.answer, ControllerAnswer::kUnknown);
  EXPECT_THAT(snapshot.why, HasSubstr("broker"));
}

TEST_F(ControllerProbeTest, ALostConnectionIsMadeUpForByASecondBroker) {
  auto asking = probe();
  ASSERT_TRUE(eventually([&] { return ask(asking, {1, 2, 3}).quorum.has_value(); }));
  kafka_.refuse(1);
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(ask(asking, {1, 2}).answer, ControllerAnswer::kAnswered) << i;
}

TEST_F(ControllerProbeTest, ABrokerThatTellsItsVersionsLateIsAskedStill) {
  auto asking = probe();
  ASSERT_TRUE(eventually([&] { return ask(asking, {1}).quorum.has_value(); }));
  // As after a TLS handshake and a login, which take longer than one take().
  asking.client().versions().forget(BrokerId{1});
  kafka_.set_delay(1, codec::kApiVersions, milliseconds{300});
  EXPECT_EQ(ask(asking, {1}).answer, ControllerAnswer::kAnswered);
}

TEST_F(ControllerProbeTest, IsUnknownWhereTheOnlyBrokerDoesNotTellItsVersions) {
  kafka_.set_delay(1, codec::kApiVersions, std::chrono::hours{1});
  auto asking = probe();
  EXPECT_EQ(ask(asking, {1}).answer, ControllerAnswer::kUnknown);
  EXPECT_EQ(kafka_.requests(1, kDescribeQuorum), 0);
}

TEST_F(ControllerProbeTest, TakingNeverWaitsMuchLongerThanTold) {
  kafka_.change([](auto& cluster) { cluster.controller.reset(); });
  auto asking = probe();
  EXPECT_EQ(asking.take(kAtMost), std::nullopt) << "nothing was asked";
  asking.ask(brokers({1, 2, 3}));
  const auto begun = Clock::now();
  EXPECT_EQ(asking.take(milliseconds{0}), std::nullopt);
  EXPECT_EQ(asking.take(milliseconds{1}), std::nullopt);
  EXPECT_LT(Clock::now() - begun, seconds{3});
}

TEST_F(ControllerProbeTest, ALongWaitAsksASecondBrokerAsWell) {
  kafka_.keep_view(1, [](auto& view) { view.controller.reset(); });
  auto asking = probe();
  asking.ask(brokers({2, 1}));
  const auto first = asking.take(kAtMost);
  asking.ask(brokers({2, 1}));
  const auto second = asking.take(kAtMost);
  for (const auto& snapshot : {first, second}) {
    ASSERT_TRUE(snapshot);
    EXPECT_EQ(snapshot->answer, ControllerAnswer::kAnswered);
  }
}

TEST_F(ControllerProbeTest, AProbeMayGoWhileItAsks) {
  kafka_.change([](auto& cluster) { cluster.controller.reset(); });
  for (int i = 0; i < 10; ++i) {
    auto asking = probe();
    asking.ask(brokers({1, 2, 3}));
    asking.take(milliseconds{i * 3});
  }
}

}  // namespace
}  // namespace kie::kafka
