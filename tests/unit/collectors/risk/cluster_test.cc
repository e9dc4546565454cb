#include "collectors/risk/cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace kie::risk {
namespace {

using model::ConfigSource;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using enum RuleId;

class ClusterRules : public testing::Test {
 protected:
  ClusterRules() {
    for (const int id : {1, 2, 3}) {
      brokers.emplace_back(id);
      for (const auto& [key, value] :
           std::map<std::string, std::string>{{"auto.create.topics.enable", "false"},
                                              {"default.replication.factor", "3"},
                                              {"min.insync.replicas", "2"},
                                              {"offsets.topic.replication.factor", "3"},
                                              {"producer.id.expiration.ms", "86400000"},
                                              {"replica.fetch.wait.max.ms", "500"},
                                              {"replica.lag.time.max.ms", "30000"},
                                              {"transaction.state.log.min.isr", "2"},
                                              {"transaction.state.log.replication.factor", "3"},
                                              {"transactional.id.expiration.ms", "604800000"},
                                              {"unclean.leader.election.enable", "false"}})
        set(id, key, value);
    }
    settings.release = {4, 0};
    topic("orders", 3, 2);
  }

  void set(int broker, const std::string& key, std::string value,
           ConfigSource origin = ConfigSource::kStatic) {
    settings.brokers[BrokerId{broker}].values[key] = {std::move(value), origin, false};
  }

  void set_all(const std::string& key, const std::string& value,
               ConfigSource origin = ConfigSource::kStatic) {
    for (const auto broker : brokers) set(broker.value, key, value, origin);
  }

  void topic(const std::string& name, std::uint64_t replicas, std::int32_t min_isr,
             bool unclean = false, ConfigSource origin = ConfigSource::kTopic) {
    std::erase_if(topics, [&](const auto& one) { return one.first == name; });
    topics.emplace_back(name, replicas);
    settings.topics[name] = {.min_insync_replicas = {{min_isr, origin}},
                             .unclean_leader_election = {{unclean, origin}},
                             .retention_ms = {}};
  }

  Findings all() {
    std::vector<TopicReplicas> rows;
    for (const auto& [name, replicas] : topics) rows.push_back({name, replicas});
    return evaluate({.settings = settings,
                     .topics = rows,
                     .brokers = brokers,
                     .longest_delivery_timeout = longest_delivery_timeout},
                    thresholds);
  }

  std::vector<RuleId> found() {
    std::vector<RuleId> ids;
    for (const auto& one : all().found) ids.push_back(one.rule);
    return ids;
  }

  Finding only() {
    const auto findings = all().found;
    EXPECT_EQ(findings.size(), 1U);
    return findings.empty() ? Finding{} : findings.front();
  }

  model::Configs settings;
  std::vector<std::pair<std::string, std::optional<std::uint64_t>>> topics;
  std::vector<BrokerId> brokers;
  std::optional<milliseconds> longest_delivery_timeout;
  Thresholds thresholds;
};

TEST_F(ClusterRules, ASafeClusterHasNone) {
  EXPECT_THAT(found(), IsEmpty());
  EXPECT_TRUE(all().is_complete(Scope::kTopic));
  EXPECT_TRUE(all().is_complete(Scope::kBroker));
}

TEST_F(ClusterRules, UncleanElectionOfATopic) {
  topic("orders", 3, 2, true);
  const auto finding = only();
  EXPECT_EQ(finding.rule, kUncleanElectionEnabled);
  EXPECT_EQ(finding.severity, Severity::kCritical);
  EXPECT_EQ(finding.name, "orders");
  EXPECT_EQ(finding.origin, "topic");
  EXPECT_EQ(finding.note, "");
}

TEST_F(ClusterRules, UncleanElectionThatIsInheritedIsAsBrokersSeeIt) {
  topic("orders", 3, 2, true, ConfigSource::kStatic);
  EXPECT_THAT(only().note, HasSubstr("controllers"));
  topic("orders", 3, 2, true, ConfigSource::kDynamicDefault);
  EXPECT_EQ(only().note, "");
}

TEST_F(ClusterRules, AnInheritedSettingIsTheWorstOfTheBrokers) {
  topic("orders", 3, 2, false, ConfigSource::kStatic);
  set(2, "unclean.leader.election.enable", "true");
  EXPECT_THAT(found(),
              ElementsAre(kUncleanElectionEnabled, kDefaultUncleanElection, kSettingsDiffer));
  set(2, "unclean.leader.election.enable", "false");
  set(3, "min.insync.replicas", "1", ConfigSource::kDynamicBroker);
  const auto findings = all().found;
  EXPECT_THAT(found(), ElementsAre(kMinIsr1, kDefaultMinIsr1, kSettingsDiffer));
  EXPECT_EQ(findings.at(0).origin, "dynamic broker");
  topic("orders", 3, 2);
  EXPECT_THAT(found(), ElementsAre(kDefaultMinIsr1, kSettingsDiffer)) << "its own is its own";
}

TEST_F(ClusterRules, ReplicationFactor) {
  topic("orders", 1, 1);
  EXPECT_THAT(found(), ElementsAre(kReplicationFactor1)) << "min ISR 1 is all that it can have";
  EXPECT_EQ(only().severity, Severity::kCritical);
  topic("orders", 2, 1);
  EXPECT_THAT(found(), ElementsAre(kReplicationFactor2, kMinIsr1));
  EXPECT_EQ(all().found.at(0).severity, Severity::kWarning);
  topic("orders", 3, 2);
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(ClusterRules, MinIsr) {
  topic("orders", 3, 1);
  EXPECT_THAT(found(), ElementsAre(kMinIsr1));
  EXPECT_THAT(only().wanted, ElementsAre(Wanted{"min.insync.replicas", "2"}));
  topic("orders", 3, 3);
  EXPECT_THAT(found(), ElementsAre(kMinIsrEqualsRf));
  EXPECT_THAT(only().wanted, ElementsAre(Wanted{"min.insync.replicas", "2"}));
  topic("orders", 5, 5);
  EXPECT_THAT(only().wanted, ElementsAre(Wanted{"min.insync.replicas", "4"}));
  topic("orders", 2, 2);
  EXPECT_THAT(found(), ElementsAre(kReplicationFactor2, kMinIsrEqualsRf));
  EXPECT_EQ(all().found.at(1).wanted_replicas, 3);
  EXPECT_THAT(all().found.at(1).wanted, IsEmpty()) << "with three replicas 2 is right";
}

TEST_F(ClusterRules, WithTwoBrokersMinIsrStaysUntilThereAreMore) {
  topic("orders", 2, 1);
  EXPECT_THAT(all().found.at(1).wanted, ElementsAre(Wanted{"min.insync.replicas", "2"}));
  settings.brokers.erase(BrokerId{3});
  brokers.pop_back();
  ASSERT_EQ(all().found.at(1).rule, kMinIsr1);
  EXPECT_EQ(all().found.at(1).wanted_replicas, 3);
  EXPECT_THAT(all().found.at(1).wanted, IsEmpty());
}

TEST_F(ClusterRules, MinIsrAboveTheReplicasIsCriticalBefore37) {
  topic("orders", 3, 4);
  for (const auto& [release, severity] :
       std::vector<std::pair<std::optional<model::KafkaRelease>, Severity>>{
           {std::nullopt, Severity::kWarning},
           {model::KafkaRelease{3, 6}, Severity::kCritical},
           {model::KafkaRelease{3, 7}, Severity::kWarning}}) {
    settings.release = release;
    EXPECT_EQ(only().rule, kMinIsrAboveRf);
    EXPECT_EQ(only().severity, severity);
  }
  topic("orders", 1, 2);
  EXPECT_THAT(found(), ElementsAre(kReplicationFactor1, kMinIsrAboveRf));
}

TEST_F(ClusterRules, InternalTopicsHaveATextOfTheirOwn) {
  topic("orders", 3, 1);
  EXPECT_THAT(only().note, testing::Not(HasSubstr("stock")));
  topics.clear();
  for (const auto* name : {"__consumer_offsets", "__transaction_state", "__share_group_state",
                           "__remote_log_metadata"}) {
    topics.clear();
    topic(name, 3, 1);
    EXPECT_THAT(only().note, HasSubstr("stock"));
  }
}

TEST_F(ClusterRules, DefaultUncleanElection) {
  set_all("unclean.leader.election.enable", "true");
  EXPECT_THAT(found(), ElementsAre(kDefaultUncleanElection, kDefaultUncleanElection,
                                   kDefaultUncleanElection));
  EXPECT_EQ(all().found.at(1).name, "2");
}

TEST_F(ClusterRules, DefaultReplicationFactor1IsAWarningWhereTopicsMakeThemselves) {
  set_all("default.replication.factor", "1");
  EXPECT_EQ(all().found.at(0).severity, Severity::kInfo);
  set_all("auto.create.topics.enable", "true");
  EXPECT_EQ(all().found.at(0).rule, kDefaultReplicationFactor1);
  EXPECT_EQ(all().found.at(0).severity, Severity::kWarning);
  set_all("default.replication.factor", "2");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(ClusterRules, DefaultMinIsr1OfThreeBrokersOrMore) {
  set_all("min.insync.replicas", "1");
  EXPECT_EQ(all().found.size(), 3U);
  EXPECT_EQ(all().found.at(0).rule, kDefaultMinIsr1);
  brokers.pop_back();
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(ClusterRules, InternalTopicDefaults) {
  for (const auto& [key, good, bad] : std::vector<std::array<std::string, 3>>{
           {"offsets.topic.replication.factor", "3", "2"},
           {"transaction.state.log.replication.factor", "3", "2"},
           {"transaction.state.log.min.isr", "2", "1"}}) {
    set_all(key, bad);
    const auto findings = all().found;
    ASSERT_EQ(findings.size(), 3U) << key;
    EXPECT_EQ(findings.at(0).rule, kInternalTopicDefaults);
    EXPECT_EQ(findings.at(0).value, key + "=" + bad);
    EXPECT_THAT(findings.at(0).wanted, ElementsAre(Wanted{key, good}));
    set_all(key, good);
    EXPECT_THAT(found(), IsEmpty());
  }
  set_all("transaction.state.log.min.isr", "1");
  set_all("offsets.topic.replication.factor", "1");
  EXPECT_EQ(all().found.at(0).value,
            "offsets.topic.replication.factor=1, transaction.state.log.min.isr=1");
  brokers.pop_back();
  EXPECT_THAT(found(), IsEmpty()) << "two brokers can not have three replicas";
}

TEST_F(ClusterRules, ProducerIdExpiration) {
  const auto* key = "producer.id.expiration.ms";
  set_all(key, "3600000");
  EXPECT_THAT(found(), IsEmpty());
  set_all(key, "3599999");
  EXPECT_EQ(all().found.at(0).rule, kProducerIdExpirationShort);
  EXPECT_THAT(all().found.at(0).wanted, ElementsAre(Wanted{key, "86400000"}));
  thresholds.min_producer_id_expiration = seconds{60};
  EXPECT_THAT(found(), IsEmpty());
  longest_delivery_timeout = milliseconds{3'599'999};
  EXPECT_THAT(found(), IsEmpty());
  longest_delivery_timeout = milliseconds{3'600'000};
  EXPECT_THAT(all().found.at(0).note, HasSubstr("delivery timeout"));
  longest_delivery_timeout.reset();
  thresholds.producer_idle_gap = hours{48};
  EXPECT_THAT(all().found.at(0).note, HasSubstr("idle gap of producers of 172800 s"));
  EXPECT_THAT(all().found.at(0).wanted, ElementsAre(Wanted{key, "345600000"}));
  for (auto& [id, of] : settings.brokers) of.values.erase(key);
  EXPECT_THAT(found(), IsEmpty()) << "before 3.4 there is none";
}

TEST_F(ClusterRules, TransactionalIdExpiration) {
  const auto* key = "transactional.id.expiration.ms";
  set_all(key, "86400000");
  EXPECT_THAT(found(), IsEmpty());
  set_all(key, "86399999");
  EXPECT_EQ(all().found.at(0).rule, kTransactionalIdExpirationShort);
  set_all(key, "86400000");
  longest_delivery_timeout = hours{48};
  EXPECT_THAT(found(), ElementsAre(kProducerIdExpirationShort, kProducerIdExpirationShort,
                                   kProducerIdExpirationShort));
  longest_delivery_timeout.reset();
  thresholds.producer_idle_gap = milliseconds{86'400'001};
  EXPECT_EQ(all().found.size(), 6U) << "producer ids are as short";
}

TEST_F(ClusterRules, LagTime) {
  const auto* key = "replica.lag.time.max.ms";
  set_all(key, "60000");
  EXPECT_THAT(found(), IsEmpty());
  set_all(key, "60001");
  EXPECT_EQ(all().found.at(0).rule, kLagTimeLong);
  EXPECT_EQ(all().found.at(0).severity, Severity::kInfo);
  set_all(key, "2000");
  EXPECT_THAT(found(), IsEmpty());
  set_all(key, "1999");
  EXPECT_EQ(all().found.at(0).rule, kLagTimeShort);
  EXPECT_EQ(all().found.at(0).severity, Severity::kWarning);
}

TEST_F(ClusterRules, SettingsThatDifferAreNamedWithTheirValues) {
  set(2, "replica.lag.time.max.ms", "10000");
  const auto finding = only();
  EXPECT_EQ(finding.rule, kSettingsDiffer);
  EXPECT_EQ(finding.name, "replica.lag.time.max.ms");
  EXPECT_EQ(finding.value, "10000 (broker 2), 30000 (broker 1, 3)");
  set_all("replica.lag.time.max.ms", "10000");
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(ClusterRules, WhoDoesNotAnswerIsUnknownAndNotClean) {
  settings.brokers.erase(BrokerId{2});
  settings.topics.erase("orders");
  topic("clicks", 3, 1);
  const auto findings = all();
  EXPECT_THAT(findings.unknown_brokers, ElementsAre(BrokerId{2}));
  EXPECT_THAT(findings.unknown_topics, ElementsAre("orders"));
  EXPECT_FALSE(findings.is_complete(Scope::kTopic));
  EXPECT_FALSE(findings.is_complete(Scope::kBroker));
  EXPECT_FALSE(findings.is_complete(Scope::kCluster));
  EXPECT_THAT(found(), ElementsAre(kMinIsr1)) << "of the others all is said";
}

TEST_F(ClusterRules, WhatIsInheritedIsUnknownWhileABrokerIsThatMayHaveWorse) {
  settings.brokers.erase(BrokerId{3});
  EXPECT_THAT(all().unknown_topics, IsEmpty()) << "its own settings are its own";
  topic("orders", 3, 2, false, ConfigSource::kDynamicDefault);
  EXPECT_THAT(all().unknown_topics, IsEmpty()) << "it is the same for all brokers";
  topic("orders", 3, 2);
  settings.topics["orders"].min_insync_replicas->origin = ConfigSource::kStatic;
  EXPECT_THAT(all().unknown_topics, ElementsAre("orders"));
  topic("orders", 3, 2);
  settings.topics["orders"].unclean_leader_election->origin = ConfigSource::kDefault;
  EXPECT_THAT(all().unknown_topics, ElementsAre("orders"));
  topic("orders", 3, 1, true, ConfigSource::kStatic);
  EXPECT_THAT(all().unknown_topics, IsEmpty()) << "it is as bad as can be";
  topic("orders", 3, 2, false, ConfigSource::kStatic);
  set(3, "min.insync.replicas", "2");
  EXPECT_THAT(all().unknown_topics, IsEmpty());
}

TEST_F(ClusterRules, ATopicWhoseReplicasAreNotKnownIsUnknown) {
  topics.front().second.reset();
  EXPECT_THAT(all().unknown_topics, ElementsAre("orders"));
}

TEST_F(ClusterRules, WithoutListsNothingIsComplete) {
  EXPECT_FALSE(Findings{}.is_complete(Scope::kTopic));
  const auto findings = evaluate(
      {.settings = settings, .topics = {}, .brokers = {}, .longest_delivery_timeout = {}}, {});
  EXPECT_FALSE(findings.is_complete(Scope::kTopic));
  EXPECT_FALSE(findings.is_complete(Scope::kBroker));
}

TEST_F(ClusterRules, ExemptFindingsHaveTheirReason) {
  topic("orders", 1, 1);
  auto& exemption = thresholds.exemptions.emplace_back();
  exemption.rule = "replication_factor_1";
  exemption.reason = "a cache";
  ASSERT_FALSE(exemption.names.include("ord.*"));
  EXPECT_EQ(only().exemption, "a cache");
  exemption.rule = "replication_factor_2";
  EXPECT_EQ(only().exemption, "");
}

TEST_F(ClusterRules, ValuesThatAreNoNumbersSayNothing) {
  for (const auto* value : {"", "x", "1x", "99999999999999999999"}) {
    set_all("min.insync.replicas", value);
    EXPECT_THAT(found(), IsEmpty()) << value;
  }
}

}  // namespace
}  // namespace kie::risk
