#include "collectors/risk/remedy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kie::risk {
namespace {

using model::ConfigSource;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using enum RuleId;

class Remedies : public testing::Test {
 protected:
  Finding of(RuleId rule, std::string name, std::vector<Wanted> wanted = {},
             std::string origin = "topic") {
    Finding finding;
    finding.rule = rule;
    finding.name = std::move(name);
    finding.wanted = std::move(wanted);
    finding.origin = std::move(origin);
    return finding;
  }

  model::Configs settings;
  Place place{.server = "kafka-1:9092",
              .settings = settings,
              .racks = {{BrokerId{1}, ""}, {BrokerId{2}, ""}, {BrokerId{3}, ""}},
              .load = {},
              .partitions = {}};
};

TEST_F(Remedies, OfATopicsSetting) {
  const auto remedy = remedy_of(of(kMinIsr1, "orders", {{"min.insync.replicas", "2"}}), place);
  EXPECT_THAT(remedy.commands,
              ElementsAre("kafka-configs --bootstrap-server kafka-1:9092 --alter --entity-type "
                          "topics --entity-name orders --add-config min.insync.replicas=2"));
  EXPECT_THAT(remedy.text, Not(HasSubstr("inherited")));
  EXPECT_THAT(
      remedy_of(of(kMinIsr1, "orders", {{"min.insync.replicas", "2"}}, "static"), place).text,
      HasSubstr("inherited"));
  EXPECT_THAT(
      remedy_of(of(kMinIsrEqualsRf, "orders", {{"min.insync.replicas", "2"}}, "static"), place)
          .text,
      Not(HasSubstr("inherited")))
      << "no rule about brokers finds it";
}

TEST_F(Remedies, ANameThatIsNoneOfKafkasIsQuoted) {
  const auto remedy = remedy_of(of(kMinIsr1, "a'; rm -rf /", {{"k", "2"}}), place);
  EXPECT_THAT(remedy.commands.at(0), HasSubstr(R"(--entity-name 'a'\''; rm -rf /' )"));
}

TEST_F(Remedies, OfTooFewReplicasIsAReassignment) {
  place.partitions = {{0, {BrokerId{2}}}, {1, {BrokerId{1}, BrokerId{2}, BrokerId{3}}}};
  place.load = {{BrokerId{1}, 5}};
  auto finding = of(kReplicationFactor1, "orders");
  finding.wanted_replicas = 3;
  const auto remedy = remedy_of(finding, place);
  EXPECT_THAT(
      remedy.commands,
      ElementsAre(R"(echo '{"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":)"
                  R"([2,3,1]}]}' > reassign-orders.json && kafka-reassign-partitions )"
                  R"(--bootstrap-server kafka-1:9092 --reassignment-json-file )"
                  R"(reassign-orders.json --execute)"));
}

TEST_F(Remedies, ATopicsNameOfAnyBytesIsJsonInAReassignment) {
  place.partitions = {{0, {BrokerId{2}}}};
  auto finding = of(kReplicationFactor1, "a\"\\\n\x01\xff");
  finding.wanted_replicas = 2;
  EXPECT_THAT(remedy_of(finding, place).commands,
              ElementsAre(HasSubstr(R"({"topic":"a\"\\\n\u0001)"
                                    "\xef\xbf\xbd"
                                    R"(","partition":0,"replicas":[2,1]})")));
}

TEST_F(Remedies, WithTooFewBrokersSomeMustBeAdded) {
  place.racks.erase(BrokerId{3});
  place.partitions = {{0, {BrokerId{2}}}};
  auto finding = of(kReplicationFactor1, "orders");
  finding.wanted_replicas = 3;
  const auto two = remedy_of(finding, place);
  EXPECT_THAT(two.text, HasSubstr("There are 2 brokers"));
  EXPECT_THAT(two.commands.at(0), HasSubstr("[2,1]"));
  place.racks.erase(BrokerId{1});
  const auto one = remedy_of(finding, place);
  EXPECT_THAT(one.text, HasSubstr("There are 1 brokers"));
  EXPECT_THAT(one.commands, IsEmpty());
}

TEST_F(Remedies, NewReplicasGoToOtherRacksFirst) {
  place.racks = {{BrokerId{1}, "a"}, {BrokerId{2}, "a"}, {BrokerId{3}, "b"}, {BrokerId{4}, "c"}};
  place.load = {{BrokerId{3}, 9}, {BrokerId{4}, 9}};
  const auto changed = with_replicas({{0, {BrokerId{1}}}}, 3, place);
  EXPECT_THAT(changed.at(0).replicas, ElementsAre(BrokerId{1}, BrokerId{3}, BrokerId{4}));
}

TEST_F(Remedies, OfBrokersThatMayBeChangedWhileTheyRun) {
  const Wanted wanted{"min.insync.replicas", "2"};
  settings.brokers[BrokerId{1}].values[wanted.key] = {"1", ConfigSource::kStatic, false};
  const auto remedy = remedy_of(of(kDefaultMinIsr1, "1", {wanted}), place);
  EXPECT_THAT(remedy.commands,
              ElementsAre("kafka-configs --bootstrap-server kafka-1:9092 --alter --entity-type "
                          "brokers --entity-default --add-config min.insync.replicas=2"));
  EXPECT_THAT(remedy.text, HasSubstr("eligible leader replicas"));
}

TEST_F(Remedies, ABrokersOwnValueMustGoFirst) {
  const Wanted wanted{"unclean.leader.election.enable", "false"};
  settings.brokers[BrokerId{2}].values[wanted.key] = {"true", ConfigSource::kDynamicBroker, false};
  const auto remedy = remedy_of(of(kDefaultUncleanElection, "2", {wanted}), place);
  EXPECT_THAT(
      remedy.commands,
      ElementsAre("kafka-configs --bootstrap-server kafka-1:9092 --alter --entity-type brokers "
                  "--entity-name 2 --delete-config unclean.leader.election.enable",
                  "kafka-configs --bootstrap-server kafka-1:9092 --alter --entity-type brokers "
                  "--entity-default --add-config unclean.leader.election.enable=false"));
}

TEST_F(Remedies, OfBrokersThatMustBeRestarted) {
  const Wanted wanted{"default.replication.factor", "3"};
  settings.brokers[BrokerId{1}].values[wanted.key] = {"1", ConfigSource::kStatic, true};
  const auto remedy = remedy_of(of(kDefaultReplicationFactor1, "1", {wanted}), place);
  EXPECT_THAT(remedy.commands, IsEmpty());
  EXPECT_THAT(remedy.text, HasSubstr("default.replication.factor=3 into the file of broker 1"));
}

TEST_F(Remedies, OfSettingsThatDiffer) {
  settings.brokers[BrokerId{1}].values["replica.lag.time.max.ms"] = {"1", ConfigSource::kStatic,
                                                                     true};
  settings.brokers[BrokerId{2}].values["replica.lag.time.max.ms"] = {"2", ConfigSource::kDefault,
                                                                     true};
  const auto by_file = remedy_of(of(kSettingsDiffer, "replica.lag.time.max.ms"), place);
  EXPECT_THAT(by_file.commands, IsEmpty());
  EXPECT_THAT(by_file.text, HasSubstr("files"));
  settings.brokers[BrokerId{1}].values["min.insync.replicas"] = {"1", ConfigSource::kDynamicBroker,
                                                                 false};
  settings.brokers[BrokerId{2}].values["min.insync.replicas"] = {"2", ConfigSource::kDefault,
                                                                 false};
  const auto dynamic = remedy_of(of(kSettingsDiffer, "min.insync.replicas"), place);
  EXPECT_THAT(dynamic.commands,
              ElementsAre("kafka-configs --bootstrap-server kafka-1:9092 --alter --entity-type "
                          "brokers --entity-name 1 --delete-config min.insync.replicas"));
  EXPECT_THAT(dynamic.text, Not(HasSubstr("files")));
}

}  // namespace
}  // namespace kie::risk
