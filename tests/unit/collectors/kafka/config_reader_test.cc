#include "collectors/kafka/config_reader.h"

#include "tests/unit/collectors/kafka/fake_kafka.h"

namespace kie::kafka {
namespace {

using codec::kDescribeConfigs;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::client_of;
using test::FakeKafka;
using test::kLong;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

/// Two brokers and two topics, whose configs have been read once.
class ConfigReader : public testing::Test {
 protected:
  ConfigReader() {
    for (const auto* name : {"clicks", "orders"}) kafka_.create(name, 1, 2);
    kafka_.change([](auto& cluster) {
      cluster.configs["orders"] = {
          {"min.insync.replicas", {"2", codec::WireConfigSource::kTopic}},
          {"retention.ms", {"-1", codec::WireConfigSource::kDefaultBroker}},
          {"unclean.leader.election.enable", {"false"}},
          {"cleanup.policy", {"compact"}}};
      cluster.configs["clicks"] = {{"min.insync.replicas", {"many"}}};
      for (const auto* broker : {"1", "2"})
        cluster.configs[broker] = {
            {"inter.broker.protocol.version", {"3.9-IV0"}},
            {"min.insync.replicas", {"1", codec::WireConfigSource::kStaticBroker, true}},
            {"log.dirs", {"/data"}}};
    });
    know({1, 2});
  }

  void know(const std::vector<int>& brokers) {
    std::vector<model::BrokerSnapshot> listed;
    for (const int id : brokers) listed.push_back({.id = BrokerId{id}});
    session_->set_listed(std::move(listed));
  }

  ConfigsReport read(const std::vector<int>& brokers = {1, 2}) {
    std::vector<BrokerId> ids;
    for (const int id : brokers) ids.emplace_back(id);
    return read_configs(*session_, configs_, topics_, ids);
  }

  void wait_at_least(milliseconds least) {
    session_.emplace(client_of(kafka_.config()), kLong, least);
    know({1, 2});
  }

  FakeKafka kafka_{2};
  std::optional<Session> session_{std::in_place, client_of(kafka_.config()), kLong, kLong};
  std::vector<std::string> topics_{"clicks", "orders"};
  model::Configs configs_;
};

TEST_F(ConfigReader, ReadsTopicsAndBrokers) {
  const auto report = read();
  EXPECT_FALSE(report.topics_error) << report.topics_error->text;
  EXPECT_THAT(report.brokers_failed, IsEmpty());
  EXPECT_THAT(report.refused, IsEmpty());
  ASSERT_EQ(configs_.topics.size(), 2U);
  const auto& orders = configs_.of("orders");
  using Number = model::Configured<std::int32_t>;
  EXPECT_THAT(orders.min_insync_replicas, Optional(Number{2, model::ConfigSource::kTopic}));
  EXPECT_THAT(orders.retention_ms,
              Optional(model::Configured<std::int64_t>{-1, model::ConfigSource::kDynamicDefault}));
  EXPECT_THAT(orders.unclean_leader_election,
              Optional(model::Configured<bool>{false, model::ConfigSource::kDefault}));
  EXPECT_EQ(configs_.of("clicks").min_insync_replicas, std::nullopt) << "it is no number";
  ASSERT_EQ(configs_.brokers.size(), 2U);
  const auto& values = configs_.brokers.at(BrokerId{2}).values;
  ASSERT_EQ(values.size(), 2U) << "only what is needed is asked for";
  EXPECT_EQ(values.at("min.insync.replicas"),
            (model::BrokerConfig{"1", model::ConfigSource::kStatic, true}));
  EXPECT_THAT(configs_.release, Optional(model::KafkaRelease{3, 9}));
}

TEST_F(ConfigReader, TheReleaseIsTheOldestOfAllBrokers) {
  kafka_.change(
      [](auto& cluster) { cluster.configs.at("2").erase("inter.broker.protocol.version"); });
  read();
  EXPECT_THAT(configs_.release, Optional(model::KafkaRelease{3, 9}));
  kafka_.change(
      [](auto& cluster) { cluster.configs.at("1").erase("inter.broker.protocol.version"); });
  read();
  EXPECT_THAT(configs_.release, Optional(model::KafkaRelease{4, 0}))
      << "4.0 has removed the setting";
}

TEST_F(ConfigReader, AReleaseThatIsHiddenIsUnknown) {
  kafka_.change([](auto& cluster) {
    for (const auto* broker : {"1", "2"})
      cluster.configs.at(broker).at("inter.broker.protocol.version").value.reset();
  });
  read();
  EXPECT_EQ(configs_.release, std::nullopt) << "it may be older than 4.0";
}

TEST_F(ConfigReader, ManyTopicsAreAskedForInParts) {
  topics_.clear();
  for (int i = 0; i < 1200; ++i) {
    topics_.push_back("topic-" + std::to_string(10'000 + i));
    kafka_.create(topics_.back(), 1, 1);
  }
  const auto report = read({});
  EXPECT_FALSE(report.topics_error);
  EXPECT_EQ(configs_.topics.size(), 1200U);
  EXPECT_EQ(kafka_.requests(1, kDescribeConfigs) + kafka_.requests(2, kDescribeConfigs), 3);
}

TEST_F(ConfigReader, ATopicThatIsRefusedIsForgotten) {
  read();
  kafka_.change(
      [](auto& cluster) { cluster.topics.at("clicks").error = kTopicAuthorizationFailed; });
  const auto report = read();
  EXPECT_FALSE(report.topics_error);
  ASSERT_EQ(report.refused.size(), 1U);
  EXPECT_THAT(report.refused.begin()->first, HasSubstr("TOPIC_AUTHORIZATION_FAILED"));
  EXPECT_THAT(report.refused.begin()->second, ElementsAre("clicks"));
  EXPECT_FALSE(configs_.topics.contains("clicks"));
  EXPECT_TRUE(configs_.topics.contains("orders"));
}

TEST_F(ConfigReader, ABrokerThatRefusesIsForgotten) {
  read();
  kafka_.set_error_once(2, kDescribeConfigs, kClusterAuthorizationFailed);
  topics_.clear();
  const auto report = read({2});
  ASSERT_TRUE(report.brokers_failed.contains(BrokerId{2}));
  EXPECT_EQ(report.brokers_failed.at(BrokerId{2}).code, kClusterAuthorizationFailed);
  EXPECT_FALSE(configs_.brokers.contains(BrokerId{2}));
  EXPECT_TRUE(configs_.brokers.contains(BrokerId{1}));
}

TEST_F(ConfigReader, WhatASilentBrokerSaidBeforeStays) {
  wait_at_least(seconds{2});
  ASSERT_TRUE(test::eventually([&] { return read().brokers_failed.empty(); }));
  kafka_.silence(2);
  topics_.clear();
  const auto report = read();
  ASSERT_TRUE(report.brokers_failed.contains(BrokerId{2}));
  EXPECT_THAT(report.brokers_failed.at(BrokerId{2}).text, HasSubstr("broker 2 does not answer"));
  EXPECT_TRUE(configs_.brokers.contains(BrokerId{2}));
}

TEST_F(ConfigReader, ABrokerThatIsGoneIsToldFromOneThatRefuses) {
  wait_at_least(seconds{2});
  ASSERT_TRUE(test::eventually([&] { return read().brokers_failed.empty(); }));
  kafka_.refuse(2);
  topics_.clear();
  ASSERT_TRUE(test::eventually([&] { return read().brokers_failed.contains(BrokerId{2}); }));
  EXPECT_TRUE(configs_.brokers.contains(BrokerId{2}));
}

TEST_F(ConfigReader, TopicsOfWhichNobodySpokeAreAnErrorAndStay) {
  wait_at_least(seconds{2});
  ASSERT_TRUE(test::eventually([&] { return !read().topics_error; }));
  for (const int broker : {1, 2}) kafka_.silence(broker);
  const auto report = read({});
  ASSERT_TRUE(report.topics_error);
  EXPECT_THAT(report.topics_error->text, AllOf(HasSubstr("broker"), HasSubstr("not answer")));
  EXPECT_EQ(configs_.topics.size(), 2U);
}

TEST_F(ConfigReader, ARequestThatTheBrokersDoNotHaveIsAnError) {
  for (const int broker : {1, 2}) kafka_.set_versions(broker, kDescribeConfigs, std::nullopt);
  const auto report = read();
  ASSERT_TRUE(report.topics_error);
  EXPECT_THAT(report.topics_error->text, HasSubstr("DescribeConfigs"));
  EXPECT_EQ(report.brokers_failed.size(), 2U);
  EXPECT_THAT(configs_.topics, IsEmpty());
}

TEST_F(ConfigReader, WithoutASnapshotThereIsNobodyToAsk) {
  know({});
  const auto report = read();
  ASSERT_TRUE(report.topics_error);
  EXPECT_EQ(report.topics_error->text, "no broker is known");
}

}  // namespace
}  // namespace kie::kafka
