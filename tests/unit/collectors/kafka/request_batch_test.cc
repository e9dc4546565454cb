#include "collectors/kafka/request_batch.h"

#include "collectors/kafka/describe_cluster.h"
#include "collectors/kafka/list_offsets.h"
#include "collectors/kafka/metadata.h"
#include "collectors/kafka/rdkafka.h"
#include "tests/unit/collectors/kafka/fake_kafka.h"

#include <librdkafka/rdkafka.h>

namespace kie::kafka {
namespace {

using codec::kApiVersions;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::client_of;
using test::eventually;
using test::FakeKafka;
using test::kLong;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Clock = std::chrono::steady_clock;

constexpr const auto& kCluster = codec::kDescribeCluster;

using Descriptions = std::map<BrokerId, Result<ClusterDescription>>;

/// Asks brokers for one thing, in a batch each time, and waits for as long as it may take.
class RequestBatches : public testing::Test {
 protected:
  RequestBatch batch() { return {*client_, timeouts_, kLong}; }

  void ask(RequestBatch& batch, int broker) {
    describe_cluster(batch, BrokerId{broker}, [this, broker](Result<ClusterDescription> answer) {
      answers_.insert_or_assign(BrokerId{broker}, std::move(answer));
    });
  }

  /// Empty: there was no answer.
  std::optional<Result<ClusterDescription>> ask(int broker) {
    answers_.clear();
    auto one = batch();
    ask(one, broker);
    one.await();
    const auto found = answers_.find(BrokerId{broker});
    if (found == answers_.end()) return std::nullopt;
    return found->second;
  }

  int error_of(int broker) {
    const auto answer = ask(broker);
    return answer && !*answer ? answer->error().code : 0;
  }

  /// A connection that breaks may take the next request along.
  void connect(int broker) {
    ASSERT_TRUE(eventually([&] {
      const auto answer = ask(broker);
      return answer && answer->has_value();
    }));
  }

  FakeKafka kafka_{3};
  std::shared_ptr<const KafkaClient> client_ = client_of(kafka_.config());
  BrokerTimeouts timeouts_{kLong, kLong};
  Descriptions answers_;
};

TEST_F(RequestBatches, BringEachAnswerToItsReceiver) {
  auto one = batch();
  for (const int broker : {1, 2, 3}) {
    kafka_.keep_view(broker, [&](auto& view) { view.id = "of " + std::to_string(broker); });
    ask(one, broker);
  }
  EXPECT_THAT(one.await(), IsEmpty());
  ASSERT_EQ(answers_.size(), 3U);
  for (const auto& [broker, answer] : answers_) {
    ASSERT_TRUE(answer) << answer.error().text;
    EXPECT_EQ(answer->cluster_id, "of " + std::to_string(broker.value));
    EXPECT_EQ(answer->brokers.size(), 3U);
  }
  EXPECT_TRUE(one.drain_late());
}

TEST_F(RequestBatches, WithoutRequestsWaitForNothing) {
  auto none = batch();
  EXPECT_THAT(none.await(), IsEmpty());
  EXPECT_TRUE(none.drain_late());
}

TEST_F(RequestBatches, AskEachBrokerForItsVersionsFirstAndOnce) {
  connect(1);
  const int asked = kafka_.requests(1, kApiVersions);
  ASSERT_NE(client_->versions().find(BrokerId{1}), nullptr);
  auto several = batch();
  for (int i = 0; i < 3; ++i) ask(several, 1);
  several.await();
  EXPECT_EQ(kafka_.requests(1, kApiVersions), asked);
  EXPECT_EQ(client_->versions().find(BrokerId{2}), nullptr);
}

TEST_F(RequestBatches, AskForVersionsOnceThoughSeveralRequestsWait) {
  connect(2);
  const int asked = kafka_.requests(2, kApiVersions);
  client_->versions().forget(BrokerId{2});
  auto several = batch();
  int answered = 0;
  for (int i = 0; i < 3; ++i)
    describe_cluster(several, BrokerId{2}, [&](const auto& answer) { answered += answer ? 1 : 0; });
  several.await();
  EXPECT_EQ(answered, 3);
  EXPECT_EQ(kafka_.requests(2, kApiVersions), asked + 1);
}

TEST_F(RequestBatches, SendTheNewestVersionThatBothKnow) {
  // Whatever else a broker gets, it closes the connection.
  kafka_.set_versions(1, kCluster, std::pair{0, 0});
  kafka_.set_versions(2, kCluster, std::pair{0, 1});
  kafka_.set_versions(3, kCluster, std::pair{2, 9});
  for (const int broker : {1, 2, 3}) connect(broker);
}

TEST_F(RequestBatches, ARequestThatTheBrokerDoesNotHaveIsAnErrorAndNotSent) {
  kafka_.set_versions(1, kCluster, std::nullopt);
  const auto answer = ask(1);
  ASSERT_TRUE(answer && !*answer);
  EXPECT_EQ(answer->error().code, RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE);
  EXPECT_THAT(answer->error().text, HasSubstr("DescribeCluster"));
  EXPECT_EQ(kafka_.requests(1, kCluster), 0);
}

TEST_F(RequestBatches, ABrokerIsAskedForItsVersionsAgainAfterItsConnectionWasLost) {
  kafka_.set_versions(1, kCluster, std::nullopt);
  ASSERT_EQ(error_of(1), RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE);
  // It is stopped, upgraded, and started.
  kafka_.set_delay(1, codec::kListOffsets, std::chrono::hours{1});
  auto waiting = batch();
  model::ClusterSnapshot snapshot;
  snapshot.topics.push_back({.name = "orders"});
  snapshot.topics[0].partitions.push_back(
      {.id = PartitionId{0}, .leadership = model::Leadership::kLeader, .leader = BrokerId{1}});
  std::optional<Error> error;
  ask_offsets(waiting, {{.id = BrokerId{1}}}, snapshot, OffsetKind::kLatest, error);
  ASSERT_TRUE(kafka_.await_requests(1, codec::kListOffsets, 1));
  kafka_.drop_connections(1);
  kafka_.set_versions(1, kCluster, std::pair{0, 2});
  waiting.await();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, RD_KAFKA_RESP_ERR__TRANSPORT);
  EXPECT_EQ(client_->versions().find(BrokerId{1}), nullptr);
  connect(1);
}

TEST_F(RequestBatches, AnErrorForTheVersionsIsThatOfAllThatWait) {
  connect(1);
  client_->versions().forget(BrokerId{1});
  kafka_.set_error_once(1, kApiVersions, kClusterAuthorizationFailed);
  auto several = batch();
  std::vector<int> errors;
  for (int i = 0; i < 2; ++i)
    describe_cluster(several, BrokerId{1}, [&](const Result<ClusterDescription>& answer) {
      errors.push_back(answer ? 0 : answer.error().code);
    });
  several.await();
  EXPECT_THAT(errors, ElementsAre(kClusterAuthorizationFailed, kClusterAuthorizationFailed));
  EXPECT_EQ(client_->versions().find(BrokerId{1}), nullptr);
}

TEST_F(RequestBatches, ABrokerThatIsNotKnownIsAnError) {
  connect(1);
  EXPECT_EQ(error_of(9), RD_KAFKA_RESP_ERR__UNKNOWN_BROKER);
  EXPECT_TRUE(timeouts_.is_unresponsive(BrokerId{9}));
}

TEST_F(RequestBatches, ABrokerThatRefusesConnectionsIsAnErrorAndNoWait) {
  connect(1);
  kafka_.refuse(1);
  const auto begun = Clock::now();
  ASSERT_TRUE(eventually([&] { return error_of(1) != 0; }));
  EXPECT_LT(Clock::now() - begun, seconds{20});
  EXPECT_TRUE(timeouts_.is_unresponsive(BrokerId{1}));
  kafka_.accept(1);
  connect(1);
  EXPECT_FALSE(timeouts_.is_unresponsive(BrokerId{1}));
}

TEST_F(RequestBatches, ABrokerThatMovedIsFoundAtItsNewAddress) {
  connect(1);
  kafka_.move(1);
  connect(1);
}

TEST_F(RequestBatches, AnyBrokerSaysWhichItIs) {
  connect(2);
  auto one = batch();
  std::optional<BrokerView> view;
  ask_brokers(one, kAnyBroker, [&](Result<BrokerView> answer) {
    if (answer) view = std::move(*answer);
  });
  one.await();
  ASSERT_TRUE(view);
  EXPECT_THAT(view->by.value, testing::AllOf(testing::Ge(1), testing::Le(3)));
  EXPECT_EQ(view->brokers.size(), 3U);
  EXPECT_EQ(view->cluster_id, "fake-cluster");
}

TEST_F(RequestBatches, ASilentBrokerCostsItsWaitAndIsNamed) {
  timeouts_ = BrokerTimeouts{kLong, seconds{2}};
  connect(1);
  connect(2);
  kafka_.silence(2);
  const auto begun = Clock::now();
  auto both = batch();
  answers_.clear();
  for (const int broker : {1, 2}) ask(both, broker);
  const auto silent = both.await();
  EXPECT_THAT(silent, testing::Contains(BrokerId{2}));
  EXPECT_LT(Clock::now() - begun, seconds{20}) << "not the timeout";
  EXPECT_TRUE(timeouts_.is_unresponsive(BrokerId{2}));
  EXPECT_FALSE(answers_.contains(BrokerId{2}));
  EXPECT_FALSE(both.drain_late()) << "its answer may still come";
}

TEST_F(RequestBatches, ALateAnswerTeachesTheTimeoutsAndNothingElse) {
  timeouts_ = BrokerTimeouts{kLong, seconds{2}};
  connect(1);
  kafka_.silence(1);
  answers_.clear();
  std::list<RequestBatch> kept;
  kept.push_back(batch());
  ask(kept.back(), 1);
  ASSERT_THAT(kept.back().await(), ElementsAre(BrokerId{1}));
  ASSERT_TRUE(timeouts_.is_unresponsive(BrokerId{1}));
  // As a session keeps it.
  std::list<RequestBatch> late;
  late.push_back(std::move(kept.back()));
  kafka_.resume(1);
  EXPECT_TRUE(eventually([&] { return late.back().drain_late(); }));
  EXPECT_FALSE(timeouts_.is_unresponsive(BrokerId{1}));
  EXPECT_EQ(timeouts_.wait(Question::kDescribeCluster, BrokerId{1}), seconds{4});
  EXPECT_THAT(answers_, IsEmpty());
}

TEST_F(RequestBatches, EnoughEndsTheWaitAndMakesNobodyUnresponsive) {
  connect(1);
  kafka_.silence(1);
  auto one = batch();
  ask(one, 1);
  bool was_asked = false;
  EXPECT_THAT(one.await([&] { return std::exchange(was_asked, true); }), IsEmpty());
  EXPECT_FALSE(timeouts_.is_unresponsive(BrokerId{1}));
  kafka_.resume(1);
  one.await();
  EXPECT_TRUE(answers_.contains(BrokerId{1})) << "it may be waited for again";
}

TEST_F(RequestBatches, WhatWaitsForVersionsIsSentWhenItIsWaitedForAgain) {
  connect(1);
  client_->versions().forget(BrokerId{1});
  answers_.clear();
  kafka_.set_delay(1, kApiVersions, milliseconds{300});
  auto one = batch();
  ask(one, 1);
  one.await([] { return true; });
  EXPECT_FALSE(one.was_sent(kCluster, BrokerId{1}));
  EXPECT_THAT(one.await(), IsEmpty());
  EXPECT_TRUE(one.was_sent(kCluster, BrokerId{1}));
  ASSERT_TRUE(answers_.contains(BrokerId{1}));
  EXPECT_TRUE(answers_.at(BrokerId{1}));
}

TEST_F(RequestBatches, WhatWaitsForVersionsIsNotSentWhenNobodyWaitsAnyMore) {
  connect(1);
  client_->versions().forget(BrokerId{1});
  kafka_.silence(1);
  auto one = batch();
  answers_.clear();
  ask(one, 1);
  one.await([] { return true; });
  EXPECT_FALSE(one.drain_late());
  kafka_.resume(1);
  EXPECT_TRUE(eventually([&] { return one.drain_late(); }));
  EXPECT_FALSE(one.was_sent(kCluster, BrokerId{1}));
  EXPECT_THAT(answers_, IsEmpty());
}

TEST_F(RequestBatches, MayGoWhileTheirRequestsAreOut) {
  connect(1);
  kafka_.set_delay(1, kCluster, std::chrono::hours{1});
  int asked = kafka_.requests(1, kCluster);
  for (int i = 0; i < 20; ++i) {
    auto gone = batch();
    ask(gone, 1);
    gone.await([] { return true; });
  }
  // The first is being worked on, and the others wait behind it.
  ASSERT_TRUE(kafka_.await_requests(1, kCluster, asked + 20));
  answers_.clear();
  kafka_.set_delay(1, kCluster, milliseconds{0});
  connect(1);
  EXPECT_EQ(answers_.size(), 1U);
}

TEST(KafkaClient, MayGoWhileRequestsAreOut) {
  FakeKafka kafka{2};
  for (const int broker : {1, 2}) kafka.set_delay(broker, kCluster, std::chrono::hours{1});
  for (int i = 0; i < 300; ++i) {
    const auto client = client_of(kafka.config());
    BrokerTimeouts timeouts{kLong};
    RequestBatch batch{*client, timeouts, kLong};
    for (const int broker : {1, 2}) describe_cluster(batch, BrokerId{broker}, [](const auto&) {});
    // Some go while it connects, some with versions asked for, some with all sent.
    const auto until = Clock::now() + milliseconds{i % 10};
    batch.await([&] { return Clock::now() >= until; });
  }
  EXPECT_TRUE(kafka.await_requests(1, kApiVersions, 1));
}

}  // namespace
}  // namespace kie::kafka
