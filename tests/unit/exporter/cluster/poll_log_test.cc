#include "exporter/cluster/poll_log.h"

#include "collectors/kafka/codec/error.h"

namespace kie {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class PollLogTest : public testing::Test {
 protected:
  template <class Say>
  static std::string logged(Say say) {
    testing::internal::CaptureStderr();
    say();
    return testing::internal::GetCapturedStderr();
  }

  /// What is logged of a look that shows orders, and these that may not be described.
  std::string describe(const std::vector<std::string>& refused) {
    model::ClusterSnapshot snapshot;
    snapshot.topics.emplace_back().name = "orders";
    for (const auto& name : refused) {
      auto& topic = snapshot.topics.emplace_back();
      topic.name = name;
      topic.presence = model::Presence::kUnauthorized;
    }
    return logged([&] { log.topics_described(snapshot); });
  }

  std::string read_settings(const kafka::ConfigsReport& report, bool brokers_were_asked = true) {
    return logged([&] { all_answered = log.settings_read(report, brokers_were_asked); });
  }

  PollLog log{"production"};
  bool all_answered = false;
};

TEST_F(PollLogTest, WhyTheControllerIsNotKnownIsSaidOnce) {
  using enum model::ControllerAnswer;
  const auto ask = [&](model::ControllerAnswer answer, const std::string& why = {}) {
    return logged([&] {
      log.controller_asked({.at = {}, .answer = answer, .quorum = std::nullopt, .why = why});
    });
  };
  EXPECT_THAT(ask(kAnswered), IsEmpty());
  EXPECT_THAT(ask(kRefused, "CLUSTER_AUTHORIZATION_FAILED"),
              AllOf(HasSubstr("asking for the controller failed"),
                    HasSubstr("CLUSTER_AUTHORIZATION_FAILED"), HasSubstr("a controller answers"),
                    HasSubstr("--operation Describe --cluster")));
  EXPECT_THAT(ask(kRefused, "CLUSTER_AUTHORIZATION_FAILED"), IsEmpty());
  EXPECT_THAT(ask(kAnswered), HasSubstr("works again"));
  EXPECT_THAT(ask(kNone), IsEmpty()) << "an event of its own";
  EXPECT_THAT(ask(kUnsupported, "UNSUPPORTED_VERSION"),
              AllOf(HasSubstr("level=info"), HasSubstr("does not describe a controller quorum")));
  EXPECT_THAT(ask(kUnsupported), IsEmpty());
}

TEST_F(PollLogTest, TopicsThatMayNotBeDescribedAreOneLineAtEachChange) {
  EXPECT_THAT(describe({}), IsEmpty());
  EXPECT_THAT(describe({"audit", "ledger"}),
              AllOf(HasSubstr("level=warn"), HasSubstr("cluster=production"),
                    HasSubstr("TOPIC_AUTHORIZATION_FAILED for 2 topics, audit first"),
                    HasSubstr("--operation Describe --topic audit")));
  EXPECT_THAT(describe({"audit", "ledger"}), IsEmpty());
  EXPECT_THAT(describe({"audit", "ledger", "tax"}), HasSubstr("for 1 topics, tax first"));
  EXPECT_THAT(describe({"audit", "tax"}),
              AllOf(HasSubstr("works again"), HasSubstr("topics=1"), HasSubstr("first=ledger"),
                    Not(HasSubstr("level=warn"))));
}

TEST_F(PollLogTest, WhateverATopicIsCalledTheCommandThatHelpsDoesNothingElse) {
  EXPECT_THAT(describe({"x; rm -rf ~"}), HasSubstr("--topic 'x; rm -rf ~'"));
}

TEST_F(PollLogTest, AnotherClustersTopicsAreNotHealed) {
  describe({"audit"});
  log.forget();
  EXPECT_THAT(describe({}), IsEmpty());
}

TEST_F(PollLogTest, AClusterThatShowsNoTopicIsSaidOnce) {
  EXPECT_THAT(logged([&] { log.topics_listed(true); }),
              AllOf(HasSubstr("no topic is shown"), HasSubstr("--operation Describe --topic '*'")));
  EXPECT_THAT(logged([&] { log.topics_listed(true); }), IsEmpty());
  EXPECT_THAT(logged([&] { log.topics_listed(false); }), HasSubstr("works again"));
}

TEST_F(PollLogTest, OffsetsThatAreMissingNameWhoIsSilent) {
  kafka::OffsetsReport report;
  report.missing = 7;
  report.silent = {BrokerId{2}, BrokerId{5}};
  EXPECT_THAT(logged([&] { log.offsets_read(report); }),
              HasSubstr("7 partitions have no answer; silent brokers: 2,5"));
  EXPECT_THAT(logged([&] { log.offsets_read({}); }), HasSubstr("works again"));
}

TEST_F(PollLogTest, RefusedSettingsOfTopicsNameTheGrant) {
  EXPECT_THAT(read_settings({}), IsEmpty());
  EXPECT_TRUE(all_answered);
  kafka::ConfigsReport report;
  report.refused["TOPIC_AUTHORIZATION_FAILED"] = {"audit", "ledger"};
  EXPECT_THAT(read_settings(report),
              AllOf(HasSubstr("reading topic settings"),
                    HasSubstr("TOPIC_AUTHORIZATION_FAILED for 2 topics, audit first"),
                    HasSubstr("--operation DescribeConfigs --topic audit")));
  EXPECT_FALSE(all_answered);
  EXPECT_THAT(read_settings({}), HasSubstr("works again"));
}

TEST_F(PollLogTest, ABrokerThatRefusesItsSettingsNamesTheGrantAndOneThatIsSilentDoesNot) {
  kafka::ConfigsReport report;
  report.brokers_failed.emplace(BrokerId{1},
                                kafka::Error{kafka::kClusterAuthorizationFailed, "refused"});
  report.brokers_failed.emplace(BrokerId{2}, kafka::Error{-185, "silent"});
  EXPECT_THAT(read_settings(report), AllOf(HasSubstr("reading broker settings"),
                                           HasSubstr("broker 1: refused; and 1 more"),
                                           HasSubstr("--operation DescribeConfigs --cluster")));
  EXPECT_FALSE(all_answered);
  EXPECT_THAT(read_settings({}, false), IsEmpty()) << "nobody was asked whether it is over";
  EXPECT_THAT(read_settings({}), HasSubstr("works again"));

  report.brokers_failed.erase(BrokerId{1});
  EXPECT_THAT(read_settings(report), AllOf(HasSubstr("broker 2: silent"), Not(HasSubstr("help="))));
}

}  // namespace
}  // namespace kie
