#include "collectors/kafka/epoch_end_client.h"

#include "tests/unit/collectors/kafka/fake_kafka.h"

#include <mutex>
#include <set>
#include <thread>

namespace kie::kafka {
namespace {

using codec::kOffsetForLeaderEpoch;
using model::EpochEnd;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::client_of;
using test::eventually;
using test::FakeKafka;
using test::kLong;
using test::kShort;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;
using Clock = std::chrono::steady_clock;

model::EpochQuestion question(int partition, int leader, int newest,
                              std::vector<LeaderEpoch> epochs) {
  return {"orders", PartitionId{partition}, BrokerId{leader}, LeaderEpoch{newest},
          std::move(epochs)};
}

EpochEnd end(int asked, int epoch, std::int64_t offset) {
  return {LeaderEpoch{asked}, LeaderEpoch{epoch}, Offset{offset}};
}

model::EpochReport ask(EpochEndClient& client, const std::vector<model::EpochQuestion>& questions,
                       milliseconds time = 2 * kLong) {
  return client.ask(questions, Clock::now() + time, std::stop_token{});
}

/// A topic with a partition for each of three brokers, each of which got 5 records in epoch 1 and 3
/// in epoch 4, and lost the first two since.
class EpochEnds : public testing::Test {
 protected:
  EpochEnds() {
    kafka_.create("orders", 3, 3);
    kafka_.change([](auto& cluster) {
      auto& orders = cluster.topics.at("orders").partitions;
      for (std::size_t i = 0; i < 3; ++i) {
        orders[i].epoch_starts.clear();
        cluster.elect("orders", i, static_cast<int>(i) + 1, kOld);
        orders[i].high_watermark = 5;
        cluster.elect("orders", i, static_cast<int>(i) + 1, kNewest);
        orders[i].high_watermark = 8;
        orders[i].log_start = 2;
      }
    });
  }

  EpochEndClient client(milliseconds least = kLong) const {
    return {client_of(kafka_.config()), kLong, least};
  }

  static model::EpochQuestion about(int partition) {
    return question(partition, partition + 1, kNewest, {LeaderEpoch{kOld}});
  }

  /// Asks until all is answered: a connection may have to come up first.
  static bool all_answered(EpochEndClient& client,
                           const std::vector<model::EpochQuestion>& questions) {
    return eventually([&] { return ask(client, questions).open == 0; });
  }

  static constexpr int kOld = 1;
  static constexpr int kNewest = 4;
  FakeKafka kafka_{3};
};

TEST_F(EpochEnds, AreAnsweredByEachLeaderWithWhatTheyAreTheEndsOf) {
  auto asking = client();
  const auto report = ask(asking, {about(0), about(1), about(2)});
  EXPECT_EQ(report.open, 0U);
  EXPECT_THAT(report.refused, IsEmpty());
  ASSERT_THAT(report.answers, SizeIs(3));
  std::set<int> partitions;
  for (const auto& answer : report.answers) {
    partitions.insert(answer.partition.value);
    EXPECT_EQ(answer.topic, "orders");
    EXPECT_EQ(answer.by, BrokerId{answer.partition.value + 1});
    EXPECT_EQ(answer.newest, LeaderEpoch{kNewest});
    EXPECT_THAT(answer.ends, ElementsAre(end(kOld, kOld, 5)));
    EXPECT_THAT(answer.log_start, Optional(Offset{2}));
    EXPECT_THAT(answer.topic_id, Optional(TopicId{1, 1}));
  }
  EXPECT_THAT(partitions, ElementsAre(0, 1, 2));
}

TEST_F(EpochEnds, OfSeveralEpochsComeInTheirOrder) {
  auto asking = client();
  const auto report =
      ask(asking, {question(0, 1, kNewest, {LeaderEpoch{1}, LeaderEpoch{2}, LeaderEpoch{4}})});
  ASSERT_THAT(report.answers, SizeIs(1));
  // An epoch in which nobody wrote has no entry: the largest below it answers for it.
  EXPECT_THAT(report.answers[0].ends, ElementsAre(end(1, 1, 5), end(2, 1, 5), end(4, 4, 8)));
}

TEST_F(EpochEnds, OfAnEpochOlderThanAllKnownIsTheFirstOffsetKnown) {
  auto asking = client();
  const auto report = ask(asking, {question(0, 1, kNewest, {LeaderEpoch{0}})});
  ASSERT_THAT(report.answers, SizeIs(1));
  EXPECT_THAT(report.answers[0].ends, ElementsAre(end(0, 0, 0)));
}

TEST_F(EpochEnds, OfManyPartitionsAreOneRequestForEachLeader) {
  kafka_.create("clicks", 2000, 3);
  std::vector<model::EpochQuestion> questions{about(0), about(1), about(2)};
  for (int i = 0; i < 2000; ++i) {
    auto one = question(i, i % 3 + 1, 0, {LeaderEpoch{0}});
    one.topic = "clicks";
    questions.push_back(one);
  }
  auto asking = client();
  EXPECT_THAT(ask(asking, questions).answers, SizeIs(2003));
  for (const int broker : {1, 2, 3}) EXPECT_EQ(kafka_.requests(broker, kOffsetForLeaderEpoch), 1);
}

TEST_F(EpochEnds, MayBeAskedAgainAndAgain) {
  auto asking = client();
  for (int i = 0; i < 5; ++i) {
    const auto report = ask(asking, {about(0), about(1)});
    ASSERT_THAT(report.answers, SizeIs(2)) << i;
    EXPECT_THAT(report.answers[1].ends, ElementsAre(end(kOld, kOld, 5)));
  }
}

TEST_F(EpochEnds, StayOpenWhileTheBrokerDoesNotKnowTheNewestEpoch) {
  auto asking = client();
  const auto report = ask(asking, {question(0, 1, kNewest + 1, {LeaderEpoch{kOld}}), about(1)});
  EXPECT_EQ(report.open, 1U);
  ASSERT_THAT(report.answers, SizeIs(1));
  EXPECT_EQ(report.answers[0].partition, PartitionId{1});
}

TEST_F(EpochEnds, StayOpenWhereTheBrokerKnowsANewerEpoch) {
  auto asking = client();
  const auto report = ask(asking, {question(0, 1, kNewest - 1, {LeaderEpoch{kOld}})});
  EXPECT_EQ(report.open, 1U);
  EXPECT_THAT(report.answers, IsEmpty());
}

TEST_F(EpochEnds, OfABrokerThatDoesNotLeadAreNotTaken) {
  auto asking = client();
  EXPECT_EQ(ask(asking, {question(0, 3, kNewest, {LeaderEpoch{kOld}})}).open, 1U);
}

TEST_F(EpochEnds, OfAnEpochThatTheLogDoesNotReachStayOpen) {
  kafka_.change(
      [](auto& cluster) { cluster.topics.at("orders").partitions[0].epoch_starts = {{0, 0}}; });
  auto asking = client();
  EXPECT_EQ(ask(asking, {about(0)}).open, 1U) << "the broker says -1";
}

TEST_F(EpochEnds, ATopicThatMayNotBeDescribedIsRefused) {
  kafka_.create("hidden", 1, 3);
  kafka_.change(
      [](auto& cluster) { cluster.topics.at("hidden").error = kTopicAuthorizationFailed; });
  auto asking = client();
  auto hidden = question(0, 1, 0, {LeaderEpoch{0}});
  hidden.topic = "hidden";
  const auto report = ask(asking, {about(0), hidden});
  EXPECT_THAT(report.refused, ElementsAre("hidden"));
  EXPECT_THAT(report.answers, SizeIs(1));
  EXPECT_EQ(report.open, 0U);
}

TEST_F(EpochEnds, ATopicIsNotRefusedWhereAnotherBrokerAnswersForIt) {
  kafka_.set_error_once(2, kOffsetForLeaderEpoch, kTopicAuthorizationFailed);
  auto asking = client();
  const auto report = ask(asking, {about(0), about(1)});
  EXPECT_THAT(report.refused, IsEmpty());
  EXPECT_THAT(report.answers, SizeIs(1));
}

TEST_F(EpochEnds, TheLeaderOfNowIsAskedThoughAnotherWasKnown) {
  auto asking = client();
  ASSERT_TRUE(all_answered(asking, {about(0)}));
  kafka_.change([](auto& cluster) { cluster.elect("orders", 0, 3, kNewest + 1); });
  const auto report = ask(asking, {question(0, 3, kNewest + 1, {LeaderEpoch{kNewest}})});
  ASSERT_THAT(report.answers, SizeIs(1));
  EXPECT_EQ(report.answers[0].by, BrokerId{3});
  EXPECT_THAT(report.answers[0].ends, ElementsAre(end(kNewest, kNewest, 8)));
}

TEST_F(EpochEnds, OfATopicOrAPartitionThatIsNotThereStayOpen) {
  auto asking = client();
  auto deleted = about(0);
  deleted.topic = "deleted";
  const auto report =
      ask(asking, {deleted, about(1), question(7, 1, kNewest, {LeaderEpoch{kOld}})});
  EXPECT_EQ(report.open, 2U);
  EXPECT_THAT(report.answers, SizeIs(1));
}

TEST_F(EpochEnds, OfAPartitionThatNobodyLeadsStayOpen) {
  kafka_.change([](auto& cluster) { cluster.topics.at("orders").partitions[0].leader = -1; });
  auto asking = client();
  EXPECT_EQ(ask(asking, {about(0), about(1)}).open, 1U);
}

TEST_F(EpochEnds, ComeAlsoWhereNobodySaysWhatTheyAreTheEndsOf) {
  auto asking = client();
  ASSERT_TRUE(all_answered(asking, {about(0)}));
  kafka_.set_error(1, codec::kListOffsets, kNotLeaderOrFollower);
  kafka_.set_error(1, codec::kMetadata, kRequestTimedOut);
  const auto report = ask(asking, {about(0)});
  ASSERT_THAT(report.answers, SizeIs(1));
  EXPECT_EQ(report.answers[0].log_start, std::nullopt);
  EXPECT_EQ(report.answers[0].topic_id, std::nullopt);
}

TEST_F(EpochEnds, ASilentBrokerDoesNotHoldUpTheOthers) {
  auto asking = client(kShort);
  const std::vector questions{about(0), about(1), about(2)};
  ASSERT_TRUE(all_answered(asking, questions));
  kafka_.silence(2);
  const auto begun = Clock::now();
  EXPECT_TRUE(eventually([&] { return ask(asking, questions).answers.size() == 2; }));
  EXPECT_LT(Clock::now() - begun, seconds{20});
  kafka_.resume(2);
  EXPECT_TRUE(all_answered(asking, questions));
}

TEST_F(EpochEnds, ABrokerThatIsGoneLeavesOnlyItsOwnOpen) {
  auto asking = client(kShort);
  const std::vector questions{about(0), about(1), about(2)};
  ASSERT_TRUE(all_answered(asking, questions));
  kafka_.refuse(2);
  EXPECT_TRUE(eventually([&] { return ask(asking, questions).answers.size() == 2; }));
  kafka_.accept(2);
  EXPECT_TRUE(all_answered(asking, questions));
}

TEST_F(EpochEnds, AQuestionUnderWayDoesNotHoldUpTheNext) {
  auto asking = client(kShort);
  ASSERT_TRUE(all_answered(asking, {about(0), about(1)}));
  kafka_.set_delay(1, kOffsetForLeaderEpoch, std::chrono::hours{1});
  EXPECT_TRUE(eventually([&] { return ask(asking, {about(0)}).open == 1; }));
  EXPECT_TRUE(all_answered(asking, {about(1)}));
  kafka_.set_delay(1, kOffsetForLeaderEpoch, milliseconds{0});
  EXPECT_TRUE(all_answered(asking, {about(0)}));
}

TEST_F(EpochEnds, TheDeadlineEndsIt) {
  kafka_.silence(1);
  auto asking = client();
  const auto begun = Clock::now();
  EXPECT_EQ(ask(asking, {about(0)}, milliseconds{300}).open, 1U);
  EXPECT_GE(Clock::now() - begun, milliseconds{300});
  EXPECT_LT(Clock::now() - begun, seconds{15});
}

TEST_F(EpochEnds, StoppingEndsIt) {
  for (int i = 1; i <= 3; ++i) kafka_.silence(i);
  auto asking = client();
  std::stop_source stop;
  std::jthread stopper{[&] {
    std::this_thread::sleep_for(milliseconds{100});
    stop.request_stop();
  }};
  const auto begun = Clock::now();
  const std::vector questions{about(0), about(1)};
  EXPECT_EQ(asking.ask(questions, begun + 2 * kLong, stop.get_token()).open, 2U);
  EXPECT_LT(Clock::now() - begun, seconds{15});
}

TEST_F(EpochEnds, NoRecordIsFetchedAndNoComplaintIsInTheLog) {
  std::mutex mutex;
  std::string log;
  {
    auto made = KafkaClient::create(kafka_.config(), [&](auto, auto, std::string_view line) {
      const std::scoped_lock lock{mutex};
      log.append(line).append("\n");
    });
    ASSERT_TRUE(made) << made.error().text;
    EpochEndClient asking{std::make_shared<const KafkaClient>(std::move(*made)), kLong, kLong};
    EXPECT_EQ(ask(asking, {about(0), question(1, 2, kNewest + 1, {LeaderEpoch{kOld}})}).open, 1U);
  }
  EXPECT_THAT(log, IsEmpty());
}

TEST(EpochEndClient, SaysThatAllIsOpenWhereNobodyIsThere) {
  config::ClusterConfig cluster;
  cluster.servers = {"127.0.0.1:1"};
  cluster.request_timeout = milliseconds{300};
  EpochEndClient asking{client_of(cluster), cluster.request_timeout};
  const auto begun = Clock::now();
  EXPECT_EQ(ask(asking, {question(0, 1, 1, {LeaderEpoch{0}})}).open, 1U);
  EXPECT_LT(Clock::now() - begun, seconds{15});
}

}  // namespace
}  // namespace kie::kafka
