#include "collectors/kafka/epoch_ends.h"

#include "tests/unit/collectors/kafka/mock_kafka.h"

#include <atomic>
#include <mutex>
#include <set>
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
using testing::SizeIs;
using Clock = std::chrono::steady_clock;

constexpr seconds kLong{30};

EpochClient client_of(const config::Cluster& cluster, LogSink sink = [](auto, auto, auto) {}) {
  auto client = EpochClient::create(cluster, std::move(sink));
  if (!client) throw std::runtime_error(client.error().text);
  return std::move(*client);
}

model::EpochQuestion question(int partition, int leader, int newest,
                              std::vector<LeaderEpoch> epochs) {
  return {"orders", PartitionId{partition}, BrokerId{leader}, LeaderEpoch{newest},
          std::move(epochs)};
}

model::EpochReport ask(EpochClient& client, const std::vector<model::EpochQuestion>& questions,
                       milliseconds time = kLong) {
  return client.ask(questions, Clock::now() + time, std::stop_token{});
}

/// A topic with a partition for each of three brokers: it got 5 records in an epoch and 3 in the
/// next. The mock cluster counts an epoch for each time that a leader is set, and answers for those
/// that have records.
class EpochEnds : public testing::Test {
 protected:
  EpochEnds() {
    mock_.create("orders", 3, 3);
    for (const int records : {5, 3}) {
      for (int i = 0; i < 3; ++i) mock_.set_leader("orders", i, i + 1);
      mock_.produce_to_all("orders", 3, records);
    }
  }

  static model::EpochQuestion about(int partition) {
    return question(partition, partition + 1, kNewest, {LeaderEpoch{kOld}});
  }

  // In epoch 0 led whom the mock cluster chose by itself.
  static constexpr int kOld = 1;
  static constexpr int kNewest = 2;
  test::MockKafka mock_{3};
};

TEST_F(EpochEnds, AreAnsweredByEachLeader) {
  auto client = client_of(mock_.config());
  const auto report = ask(client, {about(0), about(1), about(2)});
  EXPECT_EQ(report.open, 0U);
  EXPECT_THAT(report.refused, IsEmpty());
  EXPECT_THAT(report.unreadable, IsEmpty());
  ASSERT_THAT(report.answers, SizeIs(3));
  for (int i = 0; i < 3; ++i) {
    const auto& answer = report.answers[static_cast<std::size_t>(i)];
    EXPECT_EQ(answer.topic, "orders");
    EXPECT_EQ(answer.partition, PartitionId{i});
    EXPECT_EQ(answer.by, BrokerId{i + 1});
    EXPECT_EQ(answer.newest, LeaderEpoch{kNewest});
    EXPECT_THAT(answer.ends,
                ElementsAre(model::EpochEnd{LeaderEpoch{kOld}, LeaderEpoch{kOld}, Offset{5}}));
    EXPECT_THAT(answer.log_start, Optional(Offset{0}));
    EXPECT_THAT(answer.topic_id, Ne(std::nullopt));
  }
}

TEST_F(EpochEnds, OfSeveralEpochsComeInTheirOrder) {
  mock_.set_leader("orders", 0, 2);
  mock_.produce("orders", 0, 1);
  auto client = client_of(mock_.config());
  const auto report = ask(client, {question(0, 2, 3, {LeaderEpoch{1}, LeaderEpoch{2}})});
  ASSERT_THAT(report.answers, SizeIs(1));
  EXPECT_THAT(report.answers[0].ends,
              ElementsAre(model::EpochEnd{LeaderEpoch{1}, LeaderEpoch{1}, Offset{5}},
                          model::EpochEnd{LeaderEpoch{2}, LeaderEpoch{2}, Offset{8}}));
}

/// As if the answers of broker 2 were in words that are not known.
std::optional<TruncationText> read_other_words(std::string_view text) {
  if (text.find("(broker 2)") != std::string_view::npos) return std::nullopt;
  return parse_truncation_text(text);
}

TEST_F(EpochEnds, AreUnreadableInWordsThatAreNotKnown) {
  auto client = EpochClient::create(mock_.config(), [](auto, auto, auto) {}, read_other_words);
  ASSERT_TRUE(client);
  const auto report = ask(*client, {about(0), about(1)});
  EXPECT_EQ(report.open, 0U) << "it will not be understood the next time";
  ASSERT_THAT(report.unreadable, SizeIs(1));
  EXPECT_THAT(report.unreadable[0], testing::HasSubstr("truncation detected"));
  ASSERT_THAT(report.answers, SizeIs(2));
  for (const auto& answer : report.answers) {
    const bool is_unreadable = answer.partition == PartitionId{1};
    EXPECT_EQ(answer.is_unreadable, is_unreadable);
    EXPECT_THAT(answer.ends, SizeIs(is_unreadable ? 0 : 1));
    EXPECT_EQ(answer.newest, LeaderEpoch{kNewest});
  }
}

TEST_F(EpochEnds, MayBeAskedAgainAndAgain) {
  auto client = client_of(mock_.config());
  for (int i = 0; i < 5; ++i) {
    const auto report = ask(client, {about(0), about(1)});
    ASSERT_THAT(report.answers, SizeIs(2)) << i;
    EXPECT_EQ(report.answers[1].ends.at(0).end, Offset{5});
  }
}

TEST_F(EpochEnds, StayOpenWhileTheBrokerDoesNotKnowTheNewestEpoch) {
  auto client = client_of(mock_.config());
  const auto report = ask(client, {question(0, 1, kNewest + 1, {LeaderEpoch{kOld}}), about(1)});
  EXPECT_EQ(report.open, 1U);
  ASSERT_THAT(report.answers, SizeIs(1));
  EXPECT_EQ(report.answers[0].partition, PartitionId{1});
  EXPECT_THAT(report.unreadable, IsEmpty()) << "it is an answer";
}

TEST_F(EpochEnds, StayOpenWhileTheBrokerDoesNotKnowOneOfTheEpochs) {
  auto client = client_of(mock_.config());
  // Brokers name the largest below it. The mock cluster says that there is none.
  const auto report = ask(client, {question(0, 1, kNewest, {LeaderEpoch{0}, LeaderEpoch{kOld}})});
  EXPECT_EQ(report.open, 1U);
  EXPECT_THAT(report.answers, IsEmpty());
}

TEST_F(EpochEnds, OfABrokerThatDoesNotLeadAreNotTaken) {
  auto client = client_of(mock_.config());
  const auto report = ask(client, {question(0, 3, kNewest, {LeaderEpoch{kOld}})});
  EXPECT_EQ(report.open, 1U);
  EXPECT_THAT(report.answers, IsEmpty());
}

// librdkafka would ask it hundreds of times a second.
TEST_F(EpochEnds, ALeaderThatIsNotReadyYetIsNotAsked) {
  auto client = client_of(mock_.config());
  ASSERT_EQ(ask(client, {about(0)}).open, 0U);
  mock_.deny_offsets(1);
  mock_.track_requests();
  EXPECT_EQ(ask(client, {about(0)}).open, 1U);
  EXPECT_THAT(mock_.requests(), testing::Contains(2));
  EXPECT_THAT(mock_.requests(), testing::Not(testing::Contains(23)));
  EXPECT_EQ(ask(client, {about(0)}).open, 0U);
}

TEST_F(EpochEnds, ATopicThatMayNotBeDescribedIsRefused) {
  mock_.create("hidden", 1, 3);
  mock_.set_error("hidden", RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED);
  auto client = client_of(mock_.config());
  auto hidden = question(0, 1, 0, {});
  hidden.topic = "hidden";
  const auto report = ask(client, {about(0), hidden});
  EXPECT_THAT(report.refused, ElementsAre("hidden"));
  EXPECT_THAT(report.answers, SizeIs(1));
  EXPECT_EQ(report.open, 0U);
}

TEST_F(EpochEnds, APartitionThatIsAskedForTwiceIsAskedForOnce) {
  auto client = client_of(mock_.config());
  const auto report = ask(client, {about(0), about(1), about(0)});
  EXPECT_THAT(report.answers, SizeIs(2));
  EXPECT_EQ(report.open, 1U);
}

TEST_F(EpochEnds, TheLeaderOfNowIsAskedThoughAnotherWasKnown) {
  auto client = client_of(mock_.config());
  ASSERT_EQ(ask(client, {about(0)}).open, 0U);
  mock_.set_leader("orders", 0, 3);
  mock_.produce("orders", 0, 1);
  const auto report = ask(client, {question(0, 3, kNewest + 1, {LeaderEpoch{kNewest}})});
  ASSERT_THAT(report.answers, SizeIs(1));
  EXPECT_EQ(report.answers[0].by, BrokerId{3});
  EXPECT_THAT(report.answers[0].ends,
              ElementsAre(model::EpochEnd{LeaderEpoch{kNewest}, LeaderEpoch{kNewest}, Offset{8}}));
}

TEST_F(EpochEnds, OfATopicOrAPartitionThatIsNotThereStayOpen) {
  auto client = client_of(mock_.config());
  auto deleted = about(0);
  deleted.topic = "deleted";
  const auto report = ask(client, {deleted, about(1), question(7, 1, kNewest, {LeaderEpoch{0}})});
  EXPECT_EQ(report.open, 2U);
  EXPECT_THAT(report.answers, SizeIs(1));
  EXPECT_EQ(ask(client, {deleted}).open, 1U) << "asking must not create it";
}

TEST_F(EpochEnds, OfAPartitionThatNobodyLeadsStayOpen) {
  mock_.set_leader("orders", 0, -1);
  auto client = client_of(mock_.config());
  EXPECT_EQ(ask(client, {about(0), about(1)}).open, 1U);
}

TEST_F(EpochEnds, ASilentBrokerDoesNotDelayTheOthers) {
  auto cluster = mock_.config();
  cluster.request_timeout = seconds{2};
  auto client = client_of(cluster);
  ASSERT_EQ(ask(client, {about(0), about(1), about(2)}).open, 0U);
  mock_.set_delay(2, seconds{60});
  const auto begun = Clock::now();
  const auto report = ask(client, {about(0), about(1), about(2)});
  EXPECT_LT(Clock::now() - begun, seconds{10});
  EXPECT_EQ(report.open, 1U);
  ASSERT_THAT(report.answers, SizeIs(2));
  EXPECT_EQ(report.answers[0].by, BrokerId{1});
  EXPECT_EQ(report.answers[1].by, BrokerId{3});
}

TEST_F(EpochEnds, AQuestionUnderWayDoesNotHoldUpTheNext) {
  constexpr seconds kLate{20};
  auto cluster = mock_.config();
  cluster.request_timeout = kLong;
  auto client = client_of(cluster);
  ASSERT_EQ(ask(client, {about(0)}).open, 0U);
  mock_.delay_second_epoch_end(1, kLate);
  const auto sent = Clock::now();
  ASSERT_EQ(ask(client, {about(0)}).open, 1U);
  model::EpochReport report;
  while (report.answers.empty() && Clock::now() < sent + kLate) report = ask(client, {about(0)});
  ASSERT_THAT(report.answers, SizeIs(1));
  EXPECT_EQ(report.answers[0].ends.at(0).end, Offset{5});
  EXPECT_LT(Clock::now(), sent + kLate);
}

TEST_F(EpochEnds, TheDeadlineEndsIt) {
  mock_.set_delay(1, seconds{60});
  auto client = client_of(mock_.config());
  const auto begun = Clock::now();
  EXPECT_EQ(ask(client, {about(0)}, milliseconds{300}).open, 1U);
  EXPECT_GE(Clock::now() - begun, milliseconds{300});
  EXPECT_LT(Clock::now() - begun, seconds{1});
}

TEST_F(EpochEnds, StoppingEndsItAtOnce) {
  for (int i = 1; i <= 3; ++i) mock_.set_delay(i, seconds{60});
  auto client = client_of(mock_.config());
  std::stop_source stop;
  std::jthread stopper{[&] {
    std::this_thread::sleep_for(milliseconds{200});
    stop.request_stop();
  }};
  const auto begun = Clock::now();
  const std::vector questions{about(0), about(1)};
  EXPECT_EQ(client.ask(questions, begun + kLong, stop.get_token()).open, 2U);
  EXPECT_LT(Clock::now() - begun, seconds{1});
}

TEST_F(EpochEnds, NoRecordIsFetchedAndNoGroupJoined) {
  const auto cluster = mock_.config();
  auto client = client_of(cluster);
  mock_.track_requests();
  ASSERT_EQ(ask(client, {about(0), about(1), about(2)}).open, 0U);
  std::this_thread::sleep_for(milliseconds{300});
  // ListOffsets, Metadata, ApiVersions, OffsetForLeaderEpoch.
  EXPECT_THAT(mock_.requests(), testing::IsSubsetOf({2, 3, 18, 23}));
  EXPECT_THAT(mock_.requests(), testing::IsSupersetOf({2, 3, 23}));
}

TEST_F(EpochEnds, NeedNoGroupThoughTheOperatorHasOne) {
  auto cluster = mock_.config();
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"group.id", "exporter"}, {"auto.offset.reset", "earliest"}})
    cluster.librdkafka.push_back({name, config::Secret{value}, {}});
  auto client = client_of(cluster);
  mock_.track_requests();
  EXPECT_THAT(ask(client, {about(0)}).answers, SizeIs(1));
  EXPECT_THAT(mock_.requests(), testing::IsSubsetOf({2, 3, 18, 23}));
}

TEST_F(EpochEnds, MethodIsNoComplaintInTheLog) {
  std::mutex mutex;
  std::string log;
  {
    auto client = client_of(mock_.config(), [&](auto, auto, std::string_view line) {
      const std::scoped_lock lock{mutex};
      log.append(line).append("\n");
    });
    EXPECT_EQ(ask(client, {about(0), question(1, 2, kNewest + 1, {LeaderEpoch{kOld}})}).open, 1U);
  }
  EXPECT_THAT(log, IsEmpty());
}

TEST(EpochClient, MoreThanAThousandPartitionsAreAskedInParts) {
  constexpr int kPartitions = 1500;
  test::MockKafka mock{1};
  mock.create("orders", kPartitions, 1);
  std::vector<model::EpochQuestion> questions;
  for (int i = 0; i < kPartitions; ++i) questions.push_back(question(i, 1, 0, {}));
  // The mock cluster has no epoch without a record.
  mock.produce_to_all("orders", kPartitions, 1);
  auto client = client_of(mock.config());
  std::set<PartitionId> answered;
  // To a machine that is busy enough with this many, the broker seems silent at first.
  for (const auto end = Clock::now() + 4 * kLong; !questions.empty() && Clock::now() < end;) {
    const auto report = ask(client, questions);
    EXPECT_EQ(report.answers.size() + report.open, questions.size());
    for (const auto& answer : report.answers)
      EXPECT_TRUE(answered.insert(answer.partition).second) << answer.partition.value;
    std::erase_if(questions, [&](const auto& one) { return answered.contains(one.partition); });
  }
  EXPECT_THAT(answered, SizeIs(kPartitions));
}

TEST(EpochClient, SaysThatAllIsOpenWhereNobodyIsThere) {
  config::Cluster cluster;
  cluster.servers = {"127.0.0.1:1"};
  cluster.request_timeout = milliseconds{300};
  auto client = client_of(cluster);
  const auto begun = Clock::now();
  EXPECT_EQ(ask(client, {question(0, 1, 1, {LeaderEpoch{0}})}).open, 1U);
  EXPECT_LT(Clock::now() - begun, seconds{5});
}

TEST(EpochClient, RefusesWhatLibrdkafkaRefuses) {
  config::Cluster cluster;
  cluster.servers = {"127.0.0.1:1"};
  cluster.librdkafka.push_back({"security.protocol", config::Secret{"hunter2"}, {}});
  EXPECT_FALSE(EpochClient::create(cluster, [](auto, auto, auto) {}));
}

}  // namespace
}  // namespace kie::kafka
