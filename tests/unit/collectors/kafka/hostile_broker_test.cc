#include "collectors/kafka/config_reader.h"
#include "collectors/kafka/controller_probe.h"
#include "collectors/kafka/epoch_end_client.h"
#include "collectors/kafka/snapshot_reader.h"
#include "tests/unit/collectors/kafka/fake_kafka.h"

/// Whatever a broker answers costs an error that says so, and neither memory nor the process.
namespace kie::kafka {
namespace {

using std::chrono::seconds;
using test::client_of;
using test::eventually;
using test::FakeKafka;
using test::kLong;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Clock = std::chrono::steady_clock;

using Receive = std::function<void(std::optional<Error>)>;

/// One kind of request: how it is asked, and what a broker that means well answers.
struct Kind {
  const codec::ApiSpec* api;
  std::function<void(RequestBatch& batch, const Receive& receive)> ask;
  std::string answer;
};

template <class Response, class Request>
void ask(RequestBatch& batch, const Receive& receive) {
  batch.send<Response>(Question::kTopics, BrokerId{1}, Request{},
                       [receive](const Result<Response>& heard, BrokerId) {
                         receive(heard ? std::nullopt : std::optional{heard.error()});
                       });
}

/// What follows the correlation id.
template <class Response>
std::string bytes_of(const Response& answer) {
  const auto& api = Response::kApi;
  const bool has_tagged_fields =
      &api != &codec::kApiVersions && codec::is_flexible(api, api.newest);
  return std::string(has_tagged_fields ? 1 : 0, '\0') + codec::encode(answer, api.newest);
}

template <class Request, class Response>
Kind kind(const Response& answer) {
  return {&Response::kApi, ask<Response, Request>, bytes_of(answer)};
}

const std::vector<Kind>& kinds() {
  using namespace codec;
  static const std::vector<Kind> all{
      // Nobody asks for versions alone: they come before another request.
      {&kApiVersions, ask<DescribeClusterResponse, DescribeClusterRequest>,
       bytes_of(ApiVersionsResponse{.ranges = {{.key = kDescribeCluster.key, .newest = 2}}})},
      kind<MetadataRequest>(MetadataResponse{
          .brokers = {{.id = BrokerId{1}, .host = "a"}},
          .topics = {{.name = "orders", .partitions = {{.replicas = {BrokerId{1}}}}}}}),
      kind<DescribeClusterRequest>(
          DescribeClusterResponse{.cluster_id = "id", .brokers = {{.host = "a"}}}),
      kind<ListOffsetsRequest>(
          ListOffsetsResponse{.topics = {{.name = "orders", .partitions = {{}}}}}),
      kind<OffsetForLeaderEpochRequest>(
          OffsetForLeaderEpochResponse{.topics = {{.name = "orders", .partitions = {{}}}}}),
      kind<DescribeConfigsRequest>(DescribeConfigsResponse{
          .resources = {{.name = "orders", .configs = {{.name = "a", .value = "b"}}}}}),
      kind<DescribeQuorumRequest>(DescribeQuorumResponse{
          .topics = {{.name = "orders", .partitions = {{.voters = {{.id = BrokerId{1}}}}}}}}),
  };
  return all;
}

/// Each byte of the answer made the greatest there is, one after the other.
std::vector<std::string> with_huge_numbers(const std::string& answer) {
  std::vector<std::string> answers;
  for (std::size_t i = 0; i < answer.size(); ++i) {
    auto bytes = answer;
    bytes.replace(i, std::min<std::size_t>(5, bytes.size() - i), "\xff\xff\xff\xff\x0f");
    answers.push_back(std::move(bytes));
  }
  return answers;
}

class HostileBroker : public testing::TestWithParam<std::size_t> {
 protected:
  HostileBroker() { connect(); }

  const Kind& kind() const { return kinds().at(GetParam()); }

  /// nullopt: it took the answer. An error without a code: there was none.
  std::optional<Error> hear() {
    std::optional<Error> error{Error{}};
    if (kind().api == &codec::kApiVersions) client_->versions().forget(BrokerId{1});
    RequestBatch batch{*client_, timeouts_, kLong};
    kind().ask(batch, [&](std::optional<Error> heard) { error = std::move(heard); });
    batch.await();
    return error;
  }

  void connect() {
    ASSERT_TRUE(eventually([&] { return !hear(); })) << kind().api->name;
  }

  std::optional<Error> hear(const std::string& answer) {
    kafka_.answer_with(1, *kind().api, answer);
    auto error = hear();
    kafka_.answer_with(1, *kind().api, std::nullopt);
    return error;
  }

  void expect_clear_error(const std::string& answer) {
    const auto error = hear(answer);
    ASSERT_TRUE(error) << "it took what is wrong";
    EXPECT_NE(error->code, 0) << "it waited in vain";
    EXPECT_THAT(error->text, testing::Not(IsEmpty()));
    if (error->code == kBadMessage && error->text.find("at byte") != std::string::npos) {
      EXPECT_THAT(error->text, HasSubstr(std::string{kind().api->name}));
    }
  }

  FakeKafka kafka_{1};
  std::shared_ptr<const KafkaClient> client_ = client_of(kafka_.config());
  BrokerTimeouts timeouts_{kLong, kLong};
};

TEST_P(HostileBroker, ThatMeansWellAfterAllIsTaken) { EXPECT_FALSE(hear(kind().answer)); }

TEST_P(HostileBroker, GarbageIsAnError) {
  for (const auto& garbage : {std::string(300, '\xff'), std::string{"HTTP/1.1 400 Bad Request\r\n"},
                              std::string(1, '\0') + std::string(99, '\x7f')}) {
    expect_clear_error(garbage);
    connect();
  }
}

TEST_P(HostileBroker, AnAnswerThatIsCutOffIsAnError) {
  const auto& whole = kind().answer;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    expect_clear_error(whole.substr(0, size));
    connect();
  }
}

TEST_P(HostileBroker, AnAnswerWithMoreBehindItIsAnError) {
  expect_clear_error(kind().answer + '\0');
  connect();
}

TEST_P(HostileBroker, HugeCountsTakeNoMemory) {
  for (const auto& answer : with_huge_numbers(kind().answer)) {
    // Some bytes are those of a number or a text, which may be any.
    if (const auto error = hear(answer)) {
      EXPECT_NE(error->code, 0);
    }
    connect();
  }
}

INSTANTIATE_TEST_SUITE_P(Requests, HostileBroker, testing::Range<std::size_t>(0, 7),
                         [](const auto& instance) {
                           return std::string{kinds().at(instance.param).api->name};
                         });

// What readers make of it.

const Known kNothingKnown{.has_topics = false,
                          .has_topic = [](const auto&) { return false; },
                          .topic_id = [](const auto&) { return std::nullopt; },
                          .find_unconfirmed = [](const auto&) { return model::Unconfirmed{}; }};

template <class Response>
void answer(FakeKafka& kafka, int broker, const Response& response) {
  kafka.answer_with(broker, Response::kApi, bytes_of(response));
}

/// Two brokers and a topic, read by all that read.
class HostileCluster : public testing::Test {
 protected:
  HostileCluster() {
    kafka_.create("orders", 2, 2);
    // Before it turns hostile.
    if (!eventually([&] {
          const auto report = read();
          return report && report->offsets.missing == 0;
        }))
      throw std::runtime_error("no snapshot");
  }

  Result<SnapshotReport> read() { return reader_.read(Clock::now(), kNothingKnown); }

  model::EpochReport ask_epochs() {
    EpochEndClient client{session_.client(), kLong, kLong};
    const std::vector<model::EpochQuestion> questions{
        {"orders", PartitionId{0}, BrokerId{1}, LeaderEpoch{0}, {LeaderEpoch{0}}}};
    return client.ask(questions, Clock::now() + kLong, {});
  }

  FakeKafka kafka_{2};
  config::ClusterConfig cluster_ = kafka_.config();
  Session session_{client_of(cluster_), kLong, kLong};
  SnapshotReader reader_{session_, cluster_};
};

TEST_F(HostileCluster, OneBrokersGarbageLeavesTheOthersWord) {
  for (const auto& kind : kinds())
    if (kind.api != &codec::kApiVersions) kafka_.answer_with(1, *kind.api, std::string(99, '\xff'));
  for (int i = 0; i < 4; ++i) {
    const auto report = read();
    ASSERT_TRUE(report) << report.error().text;
    EXPECT_THAT(report->snapshot.topics, SizeIs(1));
    EXPECT_EQ(report->offsets.missing, 1U) << "those of broker 1";
  }
  EXPECT_EQ(ask_epochs().open, 1U);
  model::Configs configs;
  const auto configs_report =
      read_configs(session_, configs, {"orders"}, {BrokerId{1}, BrokerId{2}});
  EXPECT_TRUE(configs_report.brokers_failed.contains(BrokerId{1}));
  ControllerProbe probe{client_of(cluster_)};
  std::optional<model::ControllerSnapshot> controller;
  probe.ask({BrokerId{1}});
  ASSERT_TRUE(eventually(
      [&] { return (controller = probe.take(std::chrono::milliseconds{10})).has_value(); }));
  EXPECT_EQ(controller->answer, model::ControllerAnswer::kUnknown);
  EXPECT_THAT(controller->why, HasSubstr("broker 1"));
}

TEST_F(HostileCluster, WhatIsNamedTwiceCountsOnce) {
  using Metadata = codec::MetadataResponse;
  const Metadata::Partition partition{
      .leader = BrokerId{1}, .replicas = {BrokerId{1}}, .isr = {BrokerId{1}}};
  auto second = partition;
  second.id = PartitionId{-7};
  Metadata::Topic topic{.name = "orders", .partitions = {partition, second, partition}};
  Metadata::Broker broker{.id = BrokerId{1}, .host = "127.0.0.1", .port = 1};
  for (const int one : {1, 2})
    answer(
        kafka_, one,
        Metadata{
            .brokers = {broker, broker}, .cluster_id = "fake-cluster", .topics = {topic, topic}});
  const auto report = read();
  ASSERT_TRUE(report) << report.error().text;
  ASSERT_THAT(report->snapshot.topics, SizeIs(1));
  EXPECT_THAT(report->snapshot.topics[0].partitions, SizeIs(2));
}

TEST_F(HostileCluster, AnswersToWhatNobodyAskedAreLeftOut) {
  using Offsets = codec::ListOffsetsResponse;
  const Offsets::Partition row{.offset = Offset{99}, .leader_epoch = LeaderEpoch{9}};
  auto other = row;
  other.id = PartitionId{1};  // broker 2 leads it
  auto none = row;
  none.id = PartitionId{77};
  answer(kafka_, 1,
         Offsets{.topics = {{.name = "orders", .partitions = {other, none}},
                            {.name = "others", .partitions = {row}}}});
  const auto report = read();
  ASSERT_TRUE(report) << report.error().text;
  EXPECT_EQ(report->offsets.missing, 1U);
  const auto& rows = report->snapshot.topics.at(0).partitions;
  EXPECT_EQ(rows.at(0).latest, std::nullopt);
  EXPECT_EQ(rows.at(1).latest, Offset{0});

  using Ends = codec::OffsetForLeaderEpochResponse;
  Ends::Partition end{.leader_epoch = LeaderEpoch{0}, .end = Offset{5}};
  auto end_of_none = end;
  end_of_none.id = PartitionId{77};
  answer(kafka_, 1,
         Ends{.topics = {{.name = "orders", .partitions = {end_of_none}},
                         {.name = "others", .partitions = {end}}}});
  EXPECT_EQ(ask_epochs().open, 1U);
  // What is asked for counts once, however often it is answered.
  answer(kafka_, 1, Ends{.topics = {{.name = "orders", .partitions = {end, end}}}});
  const auto ends = ask_epochs();
  ASSERT_THAT(ends.answers, SizeIs(1));
  EXPECT_THAT(ends.answers[0].ends, SizeIs(1));
}

TEST_F(HostileCluster, AQuorumWithoutTheMetadataLogIsNoController) {
  answer(kafka_, 1, codec::DescribeQuorumResponse{.topics = {{.name = "orders"}}});
  ControllerProbe probe{client_of(cluster_)};
  std::optional<model::ControllerSnapshot> controller;
  probe.ask({BrokerId{1}});
  ASSERT_TRUE(eventually(
      [&] { return (controller = probe.take(std::chrono::milliseconds{10})).has_value(); }));
  EXPECT_EQ(controller->answer, model::ControllerAnswer::kUnknown);
  EXPECT_THAT(controller->why, HasSubstr("lacks the metadata log"));
}

}  // namespace
}  // namespace kie::kafka
