#include "exporter/cluster/poller.h"

#include "collectors/kafka/codec/error.h"
#include "collectors/replication/advance.h"
#include "tests/unit/collectors/replication/snapshots.h"

namespace kie {
namespace {

using exposition::FamilyId;
using replication::test::at;
using replication::test::cluster;
using replication::test::topic;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr seconds kConfigInterval{300};

/// A cluster that answers what the test says.
class FakeReader : public ClusterReader {
 public:
  kafka::Result<kafka::SnapshotReport> read(model::Instant now,
                                            const kafka::Known& known) override {
    knew_any = known.has_topics;
    knew_a = known.has_topic("a");
    if (error) return tl::make_unexpected(*error);
    auto answer = report;
    answer.snapshot.at = now;
    unconfirmed = known.find_unconfirmed(answer.snapshot);
    return answer;
  }
  kafka::Result<kafka::SnapshotReport> read_topics(model::Instant now,
                                                   const std::vector<std::string>& topics,
                                                   const kafka::Known& known) override {
    asked_topics = topics;
    return read(now, known);
  }
  std::vector<BrokerId> listed() const override { return brokers; }
  kafka::ConfigsReport read_configs(model::Configs& configs, const std::vector<std::string>& topics,
                                    const std::vector<BrokerId>& of) override {
    configs_asked.push_back(topics);
    brokers_asked.push_back(of);
    if (!configs_report.topics_error)
      for (const auto& name : topics)
        configs.topics[name].min_insync_replicas = {2, model::ConfigSource::kTopic};
    return configs_report;
  }
  std::optional<model::ControllerSnapshot> take_controller(
      std::chrono::milliseconds /*wait*/) override {
    return std::exchange(controller, std::nullopt);
  }

  std::optional<kafka::Error> error;
  kafka::SnapshotReport report;
  std::vector<BrokerId> brokers;
  kafka::ConfigsReport configs_report;
  std::optional<model::ControllerSnapshot> controller;

  // What it was asked.
  bool knew_any = false, knew_a = false;
  std::vector<std::string> asked_topics;
  model::Unconfirmed unconfirmed;
  std::vector<std::vector<std::string>> configs_asked;
  std::vector<std::vector<BrokerId>> brokers_asked;
};

class PollerTest : public testing::Test {
 protected:
  PollerTest() {
    reader.report.snapshot = cluster(at(0), {topic("a", {{}}), topic("b", {{}})});
    reader.brokers = {BrokerId{1}, BrokerId{2}};
  }

  /// A poll at that time, whose snapshot is taken in.
  bool poll(double now) {
    auto snapshot = poller.read(reader, known, at(now));
    if (!snapshot) return false;
    replication::advance(known.replication, std::move(*snapshot));
    return true;
  }

  std::optional<model::Configs> read_configs(double now) {
    auto configs = poller.read_configs(reader, known, at(now), kConfigInterval);
    if (configs) known.settings = *configs;
    return configs;
  }

  /// 1 or 0, as kafka_isr_exporter_collector_success.
  double success(const std::string& collector) {
    return self
        .gauge(FamilyId::kCollectorSuccess,
               {{"kafka_cluster", "production"}, {"collector", collector}})
        .Value();
  }

  exposition::SelfMetrics self{"0.0.0", "test", "0.0.0"};
  CollectorMetrics metrics{self, "production"};
  FakeReader reader;
  ClusterState known;
  Poller poller{"production", metrics};
};

TEST_F(PollerTest, TheReaderHearsWhatIsKnown) {
  ASSERT_TRUE(poll(0));
  EXPECT_FALSE(reader.knew_any || reader.knew_a);
  EXPECT_THAT(reader.unconfirmed.topics, ElementsAre("a", "b")) << "all of it is new";
  reader.report.snapshot = cluster(at(10), {topic("a", {{.isr = {1, 2}}}), topic("b", {{}})});
  ASSERT_TRUE(poll(10));
  EXPECT_TRUE(reader.knew_any && reader.knew_a);
  EXPECT_THAT(reader.unconfirmed.topics, ElementsAre("a")) << "its ISR has shrunk";
}

TEST_F(PollerTest, EachCollectorSaysWhetherItWasAnswered) {
  ASSERT_TRUE(poll(0));
  EXPECT_EQ(success("metadata"), 1);
  EXPECT_EQ(success("topic_ids"), 1);
  EXPECT_EQ(success("offsets"), 1);
  EXPECT_TRUE(poller.has_all_offsets());

  reader.report.offsets.missing = 3;
  reader.report.snapshot.topics[0].id.reset();
  ASSERT_TRUE(poll(10));
  EXPECT_EQ(success("metadata"), 1);
  EXPECT_EQ(success("topic_ids"), 0);
  EXPECT_EQ(success("offsets"), 0);
  EXPECT_FALSE(poller.has_all_offsets());

  reader.error = kafka::Error{-195, "_TRANSPORT"};
  EXPECT_FALSE(poll(20));
  EXPECT_EQ(success("metadata"), 0);
  EXPECT_EQ(known.replication.topics.size(), 2U) << "what was known stays";
}

TEST_F(PollerTest, SomeTopicsAreAskedForInOrder) {
  EXPECT_TRUE(poller.read_topics(reader, known, at(0), {"b", "a"}));
  EXPECT_THAT(reader.asked_topics, ElementsAre("a", "b"));
  reader.error = kafka::Error{-195, "_TRANSPORT"};
  EXPECT_FALSE(poller.read_topics(reader, known, at(1), {"a"}));
}

TEST_F(PollerTest, SettingsAreReadOnceAndThoseOfNewTopicsAtOnce) {
  ASSERT_TRUE(poll(0));
  const auto configs = read_configs(0);
  ASSERT_TRUE(configs);
  EXPECT_EQ(configs->min_isr("a"), 2);
  EXPECT_EQ(success("settings"), 1);
  EXPECT_FALSE(read_configs(10)) << "nothing is due";
  reader.report.snapshot = cluster(at(20), {topic("a", {{}}), topic("b", {{}}), topic("c", {{}})});
  ASSERT_TRUE(poll(20));
  ASSERT_TRUE(read_configs(20));
  EXPECT_THAT(reader.configs_asked.back(), ElementsAre("c"));
  EXPECT_THAT(reader.brokers_asked.back(), IsEmpty());
  poller.configs_are_due();
  ASSERT_TRUE(read_configs(21));
  EXPECT_THAT(reader.configs_asked.back(), ElementsAre("a", "b", "c"));
}

TEST_F(PollerTest, ABrokerThatDoesNotAnswerIsAskedAgainAndTheOthersAreNot) {
  ASSERT_TRUE(poll(0));
  reader.configs_report.brokers_failed.emplace(BrokerId{2}, kafka::Error{-185, "timed out"});
  testing::internal::CaptureStderr();
  ASSERT_TRUE(read_configs(0));
  EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("broker 2: timed out"));
  EXPECT_EQ(success("settings"), 0);
  EXPECT_FALSE(read_configs(0.5));
  reader.configs_report = {};
  ASSERT_TRUE(read_configs(1));
  EXPECT_THAT(reader.brokers_asked.back(), ElementsAre(BrokerId{2}));
  EXPECT_THAT(reader.configs_asked.back(), IsEmpty());
  EXPECT_EQ(success("settings"), 1);
}

TEST_F(PollerTest, WhatWasReadTooLongAgoIsNotBelieved) {
  ASSERT_TRUE(poll(0));
  ASSERT_TRUE(read_configs(0));
  reader.configs_report.topics_error = kafka::Error{-195, "_TRANSPORT"};
  EXPECT_EQ(read_configs(900)->min_isr("a"), 2) << "for three intervals";
  EXPECT_EQ(read_configs(901)->min_isr("a"), std::nullopt);
}

TEST_F(PollerTest, OfTheControllerOnlyWhatNobodySaidIsAFailure) {
  EXPECT_FALSE(poller.take_controller(reader, {}));
  using enum model::ControllerAnswer;
  for (const auto& [answer, expected] :
       {std::pair{kAnswered, 1.0}, std::pair{kNone, 1.0}, std::pair{kUnknown, 0.0}}) {
    reader.controller = {.at = at(0), .answer = answer, .quorum = std::nullopt, .why = {}};
    ASSERT_TRUE(poller.take_controller(reader, {}));
    EXPECT_EQ(success("controller"), expected);
  }
}

}  // namespace
}  // namespace kie
