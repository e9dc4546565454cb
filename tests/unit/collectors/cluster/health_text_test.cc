#include "collectors/cluster/health_text.h"

#include "tests/unit/collectors/replication/snapshots.h"

namespace kie {
namespace {

using replication::test::at;
using replication::test::cluster;
using replication::test::Row;
using replication::test::topic;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class HealthTextTest : public testing::Test {
 protected:
  HealthSummary words(double time = 0) {
    return describe(state,
                    replication::summarize(state, settings, {at(time), std::chrono::seconds{30}}),
                    loss, quorum, at(time));
  }

  void see(std::vector<model::TopicSnapshot> topics, std::vector<int> brokers = {1, 2, 3}) {
    replication::advance(state, cluster(at(0), std::move(topics), std::move(brokers)));
  }

  replication::ReplicationState state;
  loss::LossState loss;
  quorum::QuorumState quorum;
  model::Configs settings;
};

TEST_F(HealthTextTest, OfAHealthyCluster) {
  see({topic("orders", {{}, {.partition = 1}})});
  const auto told = words();
  EXPECT_FALSE(told.needs_attention);
  EXPECT_THAT(told.sentences,
              ElementsAre("Every replica is in sync.", "3 brokers, 1 topic, 2 partitions."));
}

TEST_F(HealthTextTest, TheWorstIsFirst) {
  settings.topics["orders"].min_insync_replicas = {2, model::ConfigSource::kTopic};
  settings.topics["clicks"].min_insync_replicas = {1, model::ConfigSource::kTopic};
  see({topic("clicks", {{.leader = std::nullopt, .isr = {}}}), topic("orders", {{.isr = {1}}})},
      {1, 2});
  const auto told = words();
  EXPECT_TRUE(told.needs_attention);
  ASSERT_GE(told.sentences.size(), 5U);
  EXPECT_THAT(told.sentences[0], AllOf(HasSubstr("offline"), HasSubstr("clicks (1)")));
  EXPECT_THAT(told.sentences[1], AllOf(StartsWith("2 partitions are below min.insync.replicas"),
                                       HasSubstr("orders (1)")));
  EXPECT_THAT(told.sentences,
              Contains(AllOf(StartsWith("Broker 3 is gone"), HasSubstr("2 replicas"))));
  EXPECT_THAT(told.sentences, Not(Contains("Every replica is in sync.")));
}

TEST_F(HealthTextTest, WhatIsLostIsWorstOfAllForAnHour) {
  see({topic("orders", {{.isr = {1}}})});
  loss.topics["orders"].recent_lost = {{at(-10), 1}};
  loss.topics["payments"].recent_lost = {{at(-20), 999}, {at(-30), 1}};
  loss.topics["payments"].recent_unknown = {{at(-20), 2}};
  EXPECT_THAT(words().sentences.at(0),
              Eq("1001 committed records are lost, as found in the last hour: payments "
                 "(1000), orders (1)."));
  EXPECT_THAT(words().sentences.at(1), AllOf(StartsWith("Whether committed records are lost cannot "
                                                        "be determined"),
                                             HasSubstr("payments (2)")));
  EXPECT_TRUE(words().needs_attention);
  EXPECT_THAT(words(3600).sentences, Each(Not(HasSubstr("lost"))));
}

TEST_F(HealthTextTest, WhatIsAtRiskIsTold) {
  see({topic("orders", {{.epoch = 0, .latest = 500}})});
  EXPECT_THAT(words().sentences, Each(Not(HasSubstr("once only"))));
  see({topic("orders", {{.isr = {1}, .epoch = 0, .latest = 1500}})});
  EXPECT_THAT(words().sentences, Contains("1000 committed records exist once only, and would be "
                                          "lost with the last replica: orders (1000)."));
}

TEST_F(HealthTextTest, ABrokerThatIsBehindIsNamed) {
  see({topic("orders", {{.isr = {1, 3}}, {.partition = 1}})});
  EXPECT_THAT(words().sentences, Contains("Broker 2 is behind on 1 of its 2 replicas."));
}

TEST_F(HealthTextTest, TheTopicsWithTheMostAreNamedAndTheRestCounted) {
  std::vector<model::TopicSnapshot> topics;
  for (const char name : std::string{"abcdefg"}) {
    std::vector<Row> rows;
    for (int i = 0; i < (name == 'g' ? 3 : 1); ++i) rows.push_back({.partition = i, .isr = {1, 2}});
    topics.push_back(topic(std::string(1, name), rows));
  }
  see(std::move(topics));
  EXPECT_THAT(
      words().sentences.at(0),
      AllOf(StartsWith("9 partitions are under-replicated: g (3), a (1), b (1), c (1), d (1)"),
            HasSubstr("and 2 more topics")));
}

TEST_F(HealthTextTest, AReassignmentIsANoteAndNoTrouble) {
  replication::test::Watched watched{{.isr = {1, 2}, .replicas = {1, 2}}};
  watched.see({.isr = {1, 2}, .replicas = {1, 2, 3}});
  const auto told =
      describe(watched.state,
               replication::summarize(watched.state, {}, {watched.now, std::chrono::seconds{30}}),
               loss, quorum, watched.now);
  EXPECT_FALSE(told.needs_attention);
  EXPECT_THAT(told.sentences, ElementsAre("1 partition is being reassigned: orders (1).",
                                          "Every established replica is in sync.",
                                          "3 brokers, 1 topic, 1 partition."));
}

TEST_F(HealthTextTest, WhatIsNotKnownIsNotCalledHealthy) {
  see({topic("orders", {{}, {.partition = 1, .unknown = true}})});
  const auto told = words();
  EXPECT_FALSE(told.needs_attention);
  EXPECT_THAT(told.sentences.at(0), "Part of the cluster is not known at present.");
  EXPECT_THAT(words(100).sentences.at(0), "Part of the cluster is not known at present.");
}

TEST_F(HealthTextTest, ThatNoControllerAnswersComesRightAfterWhatIsLost) {
  see({topic("orders", {{.isr = {1}}})});
  quorum.is_lost = true;
  quorum.lost_since = at(-300);
  const auto told = words();
  EXPECT_TRUE(told.needs_attention);
  EXPECT_THAT(
      told.sentences.at(0),
      "No controller has answered for 5 min. Meanwhile no broker is fenced and no leader "
      "is elected, and the leaders and in-sync replicas that brokers report are out of date.");
  quorum.lost_since.reset();
  EXPECT_THAT(words().sentences.at(0), StartsWith("No controller answered before this exporter"));
  loss.topics["orders"].recent_lost = {{at(-10), 1}};
  EXPECT_THAT(words().sentences.at(0), HasSubstr("lost"));
}

TEST_F(HealthTextTest, HowLongItIsIsSaidInWholeUnits) {
  quorum.is_lost = true;
  quorum.lost_since = at(0);
  const auto after = [&](double time) { return *describe(quorum, at(time)); };
  EXPECT_THAT(after(0), HasSubstr("for 0 s."));
  EXPECT_THAT(after(119), HasSubstr("for 119 s."));
  EXPECT_THAT(after(120), HasSubstr("for 2 min."));
  EXPECT_THAT(after(7199), HasSubstr("for 119 min."));
  EXPECT_THAT(after(7200), HasSubstr("for 2 h."));
  quorum.is_lost = false;
  EXPECT_EQ(describe(quorum, at(0)), std::nullopt);
}

TEST_F(HealthTextTest, OneThatIsBackHasToBeHeardOfFirst) {
  quorum.back_since = at(-7);
  EXPECT_THAT(*describe(quorum, at(0)), HasSubstr("answered again for 7 s"));
  quorum.back_since.reset();
  quorum.is_awaited = true;
  EXPECT_THAT(*describe(quorum, at(0)), HasSubstr("not known yet whether a controller answers"));
  quorum.is_lost = true;
  EXPECT_THAT(*describe(quorum, at(0)), HasSubstr("before this exporter was restarted"));
}

TEST_F(HealthTextTest, ABrokerThatIsListedAndSilentIsNamed) {
  see({topic("orders", {{}})});
  state.reach[BrokerId{3}] = {.answers = false, .since = at(-150), .asked = at(0)};
  state.reach[BrokerId{2}] = {.answers = true, .since = at(-150), .asked = at(0)};
  const auto told = words();
  EXPECT_TRUE(told.needs_attention);
  EXPECT_THAT(told.sentences,
              Contains("Broker 3 is listed and has not answered this exporter for 2 min."));
  EXPECT_THAT(told.sentences, Each(Not(StartsWith("Broker 2"))));
}

TEST_F(HealthTextTest, ABrokerThatIsInSyncWithoutAListenerIsNotGone) {
  see({topic("orders", {{.no_listener = true}})}, {1, 2});
  const auto told = words();
  EXPECT_TRUE(told.needs_attention);
  EXPECT_THAT(told.sentences,
              ElementsAre("Broker 3 is in sync but has no listener that this exporter can use: "
                          "what it leads is not known.",
                          "3 brokers, 1 topic, 1 partition."));
}

TEST_F(HealthTextTest, ThatNobodyConfirmsIsSaid) {
  auto snapshot = cluster(at(0), {topic("orders", {{}})});
  snapshot.confirmation = model::Confirmation::kOneBrokerAnswers;
  replication::advance(state, std::move(snapshot));
  EXPECT_TRUE(words().needs_attention);
  EXPECT_THAT(words().sentences.at(0), StartsWith("Only one broker answers"));
  EXPECT_EQ(describe(std::optional{model::Confirmation::kPossible}), std::nullopt);
  EXPECT_THAT(*describe(std::optional{model::Confirmation::kOneAddress}),
              StartsWith("All brokers have the same address"));
}

TEST_F(HealthTextTest, WhatIsNotKnownHasNoNumber) {
  replication::advance(state, cluster(at(0), {topic("orders", {{}})}, std::nullopt));
  EXPECT_EQ(words().sentences.back(), "An unknown number of brokers, 1 topic, 1 partition.");
  EXPECT_EQ(words(100).sentences.back(),
            "An unknown number of brokers, an unknown number of topics, an unknown number of "
            "partitions.");
}

TEST(Describe, RisksByRuleTheWorstFirst) {
  risk::Findings risks;
  EXPECT_EQ(describe(risks), std::nullopt);
  const auto add = [&](risk::RuleId rule, risk::Severity severity) -> risk::Finding& {
    auto& finding = risks.found.emplace_back();
    finding.rule = rule;
    finding.severity = severity;
    return finding;
  };
  add(risk::RuleId::kLagTimeLong, risk::Severity::kInfo);
  add(risk::RuleId::kMinIsr1, risk::Severity::kWarning).exemption = "a cache";
  EXPECT_EQ(describe(risks), std::nullopt) << "information and what is exempt";
  add(risk::RuleId::kMinIsr1, risk::Severity::kWarning);
  add(risk::RuleId::kDefaultUncleanElection, risk::Severity::kCritical);
  add(risk::RuleId::kDefaultUncleanElection, risk::Severity::kCritical);
  EXPECT_EQ(describe(risks),
            "Settings that can lose records: 2 critical, 1 warning: default_unclean_election (2), "
            "min_isr_1 (1).");
}

}  // namespace
}  // namespace kie
