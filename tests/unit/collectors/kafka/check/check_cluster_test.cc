#include "collectors/kafka/check/check_cluster.h"

#include "collectors/kafka/check/dial.h"
#include "tests/unit/collectors/kafka/check/certificates.h"
#include "tests/unit/collectors/kafka/check/tls_listener.h"
#include "tests/unit/collectors/kafka/fake_kafka.h"
#include "tests/unit/collectors/kafka/listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace kie::kafka {
namespace {

using config::Property;
using config::Secret;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

std::vector<Check> of(const ClusterCheck& check, CheckKind kind) {
  std::vector<Check> checks;
  std::ranges::copy_if(check.checks, std::back_inserter(checks),
                       [&](const Check& one) { return one.kind == kind; });
  return checks;
}

Check only(const ClusterCheck& check, CheckKind kind) {
  const auto checks = of(check, kind);
  EXPECT_THAT(checks, SizeIs(1)) << id_of(kind);
  return checks.empty() ? Check{} : checks.front();
}

MATCHER(IsOk, "") { return arg.outcome == Outcome::kOk; }
MATCHER(HasFailed, "") { return arg.outcome == Outcome::kFailed && !arg.help.empty(); }
MATCHER_P(WaitsFor, what, "") {
  return arg.outcome == Outcome::kSkipped && arg.detail == std::string("waits for ") + what;
}

config::ClusterConfig at(const std::string& server, milliseconds timeout = milliseconds{300}) {
  config::ClusterConfig cluster;
  cluster.place = {"kie.toml", config::Position{3, 1}};
  cluster.servers = {server};
  cluster.request_timeout = timeout;
  return cluster;
}

/// Two brokers and two topics that answer everything, unless a test makes them refuse.
class CheckWholeCluster : public testing::Test {
 protected:
  CheckWholeCluster() {
    kafka_.create("orders", 3, 2);
    kafka_.create("payments", 1, 1);
  }

  ClusterCheck check() { return check_cluster(config_); }

  void set_errors(const codec::ApiSpec& api, int error) {
    for (const int broker : {1, 2}) kafka_.set_error(broker, api, error);
  }

  test::FakeKafka kafka_{2};
  config::ClusterConfig config_ = kafka_.config();
};

TEST_F(CheckWholeCluster, GoesAllTheWay) {
  const auto check = this->check();
  EXPECT_EQ(check.cluster_id, "fake-cluster");
  EXPECT_EQ(check.servers, config_.servers);
  EXPECT_THAT(check.checks, Each(IsOk()));
  for (const auto kind :
       {CheckKind::kName, CheckKind::kTcp, CheckKind::kProtocol, CheckKind::kBroker})
    EXPECT_THAT(of(check, kind), SizeIs(2)) << id_of(kind);
  EXPECT_THAT(only(check, CheckKind::kMetadata).detail,
              AllOf(HasSubstr("fake-cluster"), HasSubstr("2 brokers, 2 topics")));
  EXPECT_EQ(only(check, CheckKind::kTopics).detail, "2 with 4 partitions");
  EXPECT_EQ(only(check, CheckKind::kTopicIds).detail, "2");
  EXPECT_EQ(only(check, CheckKind::kOffsets).detail, "4 partitions");
  EXPECT_EQ(only(check, CheckKind::kTopicSettings).detail, "of 2 topics");
  EXPECT_EQ(only(check, CheckKind::kBrokerSettings).detail, "release 4.0 or newer");
  EXPECT_EQ(only(check, CheckKind::kBrokerList).detail, "2 brokers");
  EXPECT_EQ(only(check, CheckKind::kEpochEnds).detail, "2 leaders");
  EXPECT_EQ(only(check, CheckKind::kController).detail, "controller 100, 1 voters");
}

TEST_F(CheckWholeCluster, EachRefusalNamesItsGrant) {
  struct Refusal {
    const codec::ApiSpec* api;
    int error;
    CheckKind kind;
    const char* grant;
  };
  for (const auto& [api, error, kind, grant] :
       {Refusal{&codec::kListOffsets, kTopicAuthorizationFailed, CheckKind::kOffsets,
                "--operation Describe --topic orders --topic payments"},
        Refusal{&codec::kDescribeConfigs, kTopicAuthorizationFailed, CheckKind::kTopicSettings,
                "--operation DescribeConfigs --topic orders --topic payments"},
        Refusal{&codec::kDescribeConfigs, kClusterAuthorizationFailed, CheckKind::kBrokerSettings,
                "--operation DescribeConfigs --cluster"},
        Refusal{&codec::kDescribeCluster, kClusterAuthorizationFailed, CheckKind::kBrokerList,
                "--operation Describe --cluster"},
        Refusal{&codec::kOffsetForLeaderEpoch, kTopicAuthorizationFailed, CheckKind::kEpochEnds,
                "--operation Describe --topic orders"},
        Refusal{&codec::kDescribeQuorum, kClusterAuthorizationFailed, CheckKind::kController,
                "--operation Describe --cluster"}}) {
    set_errors(*api, error);
    const auto refused = only(check(), kind);
    set_errors(*api, 0);
    EXPECT_THAT(refused, HasFailed()) << id_of(kind);
    EXPECT_THAT(refused.detail, HasSubstr("AUTHORIZATION_FAILED")) << id_of(kind);
    EXPECT_THAT(refused.help, HasSubstr(grant)) << id_of(kind);
  }
}

TEST_F(CheckWholeCluster, TopicsOfWhichNoneMayBeDescribedAreNotNone) {
  kafka_.change([](auto& cluster) {
    for (auto& [name, topic] : cluster.topics) topic.error = kTopicAuthorizationFailed;
  });
  ASSERT_FALSE(config_.topics.include("orders"));
  const auto topics = only(check(), CheckKind::kTopics);
  EXPECT_THAT(topics, HasFailed());
  EXPECT_THAT(topics.detail, HasSubstr("orders"));
  EXPECT_THAT(topics.help, HasSubstr("--operation Describe --topic orders"));
}

TEST_F(CheckWholeCluster, AClusterThatDoesNotTellItsControllerIsNoMistake) {
  for (const int broker : {1, 2}) kafka_.set_versions(broker, codec::kDescribeQuorum, std::nullopt);
  EXPECT_THAT(only(check(), CheckKind::kController), IsOk());
}

TEST_F(CheckWholeCluster, AClusterWithoutAControllerIsSaidToHaveNone) {
  kafka_.change([](auto& cluster) { cluster.controller.reset(); });
  const auto controller = only(check(), CheckKind::kController);
  EXPECT_THAT(controller, HasFailed());
  EXPECT_THAT(controller.detail, HasSubstr("no controller answers"));
}

TEST_F(CheckWholeCluster, OneAddressForAllBrokersIsAMistake) {
  kafka_.change([](auto& cluster) { cluster.brokers.at(2).port = cluster.brokers.at(1).port; });
  const auto check = this->check();
  EXPECT_THAT(only(check, CheckKind::kAddresses), HasFailed());
  EXPECT_THAT(only(check, CheckKind::kOffsets),
              WaitsFor(title(only(check, CheckKind::kAddresses))));
}

TEST_F(CheckWholeCluster, AnAddressAtWhichAnotherClusterAnswersIsNotTheBrokers) {
  test::FakeKafka other{1};
  other.change([](auto& cluster) { cluster.id = "another"; });
  config_.servers = {kafka_.server(1)};
  const int port = std::stoi(parse_target(other.server(1)).port);
  kafka_.change([&](auto& cluster) { cluster.brokers.at(2).port = port; });
  const auto brokers = of(check(), CheckKind::kBroker);
  ASSERT_THAT(brokers, SizeIs(2));
  EXPECT_THAT(brokers[0], IsOk());
  EXPECT_THAT(brokers[1], HasFailed());
  EXPECT_EQ(brokers[1].detail, "a broker of another cluster answers there: another");
}

TEST_F(CheckWholeCluster, AControllersListenerIsNoServer) {
  static constexpr codec::ApiSpec kBrokerRegistration{62, 0, 4, 0, "BrokerRegistration"};
  kafka_.set_versions(1, codec::kMetadata, std::nullopt);
  kafka_.set_versions(1, kBrokerRegistration, std::pair{0, 4});
  config_.servers = {kafka_.server(1)};
  const auto check = this->check();
  EXPECT_THAT(only(check, CheckKind::kProtocol), HasFailed());
  EXPECT_THAT(only(check, CheckKind::kProtocol).detail, HasSubstr("listener of a controller"));
  EXPECT_EQ(only(check, CheckKind::kMetadata).outcome, Outcome::kSkipped);
}

TEST_F(CheckWholeCluster, ABrokerThatCannotBeReachedIsAMistake) {
  config_.servers = {kafka_.server(1)};
  kafka_.refuse(2);
  const auto brokers = of(check(), CheckKind::kBroker);
  ASSERT_THAT(brokers, SizeIs(2));
  EXPECT_THAT(brokers[0], IsOk());
  EXPECT_THAT(brokers[1], HasFailed());
  EXPECT_THAT(brokers[1].help, HasSubstr("advertised.listeners of broker 2"));
}

TEST_F(CheckWholeCluster, AFilterThatLetsNothingThroughIsAMistake) {
  ASSERT_FALSE(config_.topics.include("order"));
  const auto check = this->check();
  EXPECT_THAT(only(check, CheckKind::kTopics), HasFailed());
  EXPECT_THAT(only(check, CheckKind::kTopics).help, HasSubstr("topic_include"));
  EXPECT_THAT(only(check, CheckKind::kOffsets), WaitsFor(title(only(check, CheckKind::kTopics))));
}

TEST(CheckCluster, EverythingWaitsForAPortThatIsClosed) {
  const auto server = test::Listener{}.server();
  const auto check = check_cluster(at(server));
  EXPECT_THAT(only(check, CheckKind::kConfiguration), IsOk());
  EXPECT_THAT(only(check, CheckKind::kName), IsOk());
  EXPECT_THAT(only(check, CheckKind::kTcp), HasFailed());
  for (const auto kind : {CheckKind::kProtocol, CheckKind::kMetadata, CheckKind::kTopics,
                          CheckKind::kBrokerSettings, CheckKind::kEpochEnds})
    EXPECT_THAT(only(check, kind), WaitsFor("TCP to " + server)) << id_of(kind);
  EXPECT_FALSE(check.cluster_id);
}

TEST(CheckCluster, AServerThatKeepsSilentEndsInAFewTimeouts) {
  const test::Listener listener;
  const auto begun = std::chrono::steady_clock::now();
  const auto check = check_cluster(at(listener.server()));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{20});
  EXPECT_THAT(only(check, CheckKind::kTcp), IsOk());
  EXPECT_THAT(only(check, CheckKind::kProtocol), HasFailed());
  EXPECT_THAT(only(check, CheckKind::kMetadata),
              WaitsFor(title(only(check, CheckKind::kProtocol))));
}

TEST(CheckCluster, TlsAndLoginWaitForAConfigurationThatLibrdkafkaRefuses) {
  const test::Listener listener;
  auto cluster = at(listener.server());
  cluster.librdkafka.push_back(Property{"security.protocol", Secret{"SASL_SSL"}, {}});
  cluster.librdkafka.push_back(Property{"sasl.mechanism", Secret{"PLAIN"}, {}});
  const auto check = check_cluster(cluster);
  EXPECT_THAT(only(check, CheckKind::kConfiguration), HasFailed());
  EXPECT_THAT(only(check, CheckKind::kConfiguration).detail, HasSubstr("kie.toml:3:1"));
  EXPECT_THAT(only(check, CheckKind::kTcp), IsOk());
  for (const auto kind :
       {CheckKind::kTls, CheckKind::kProtocol, CheckKind::kSasl, CheckKind::kMetadata})
    EXPECT_THAT(only(check, kind), WaitsFor("configuration")) << id_of(kind);
}

config::ClusterConfig with_tls(const test::TlsListener& listener, const test::Identity& authority) {
  auto cluster = at(listener.server(), milliseconds{5000});
  cluster.librdkafka.push_back(Property{"security.protocol", Secret{"ssl"}, {}});
  cluster.librdkafka.push_back(Property{"ssl.ca.pem", Secret{authority.pem()}, {}});
  return cluster;
}

TEST(CheckCluster, SaysWhatIsWrongWithACertificate) {
  const auto authority = test::issue("A private authority", "");
  const auto other = test::issue("Another authority", "");
  const std::chrono::hours day{24};
  const std::string local = "IP:127.0.0.1";
  const std::map<std::string, test::Identity> identities = [&] {
    std::map<std::string, test::Identity> made;
    made.emplace("does not name 127.0.0.1; it names DNS:kafka-0.example.com",
                 test::issue("named", "DNS:kafka-0.example.com", &authority));
    made.emplace("has expired: it is valid from 2",
                 test::issue("old", local, &authority, -60 * day, -30 * day));
    made.emplace("is not valid yet: it is valid from 2",
                 test::issue("new", local, &authority, 30 * day, 60 * day));
    made.emplace(
        "is signed by CN=Another authority, which is not among the CAs that are trusted "
        "here (ssl.ca.pem)",
        test::issue("stranger", local, &other));
    return made;
  }();
  for (const auto& [words, identity] : identities) {
    const test::TlsListener listener{identity};
    const auto check = check_cluster(with_tls(listener, authority));
    EXPECT_THAT(only(check, CheckKind::kTls), HasFailed());
    EXPECT_THAT(only(check, CheckKind::kTls).detail,
                AllOf(HasSubstr(words), HasSubstr(listener.server())));
    EXPECT_EQ(only(check, CheckKind::kProtocol).outcome, Outcome::kSkipped);
  }
}

TEST(CheckCluster, ACertificateThatIsAsItShouldBeIsBelieved) {
  const auto authority = test::issue("A private authority", "");
  const auto identity = test::issue("well", "IP:127.0.0.1", &authority);
  const test::TlsListener listener{identity};
  const auto check = check_cluster(with_tls(listener, authority));
  EXPECT_THAT(only(check, CheckKind::kTls), IsOk());
  EXPECT_THAT(only(check, CheckKind::kProtocol), HasFailed());
}

TEST(CheckCluster, ServersOfTwoClustersAreAMistake) {
  const test::FakeKafka one{1};
  test::FakeKafka other{1};
  other.change([](auto& cluster) { cluster.id = "another"; });
  auto config = one.config();
  config.servers.push_back(other.server(1));
  const auto check = check_cluster(config);
  EXPECT_THAT(only(check, CheckKind::kOneCluster), HasFailed());
  for (const auto& server : config.servers)
    EXPECT_THAT(only(check, CheckKind::kOneCluster).detail, HasSubstr(": " + server));
  for (const auto kind : {CheckKind::kMetadata, CheckKind::kOffsets})
    EXPECT_THAT(only(check, kind), WaitsFor(title(only(check, CheckKind::kOneCluster))));
  EXPECT_FALSE(check.cluster_id);
}

TEST(CheckCluster, NoTextHasASecret) {
  auto cluster = at("no-such-host.invalid:9092", milliseconds{5000});
  // A secret that was put into the wrong place, too.
  cluster.librdkafka.push_back(Property{"sasl.password", Secret{"no-such-host"}, {}});
  const auto check = check_cluster(cluster);
  EXPECT_THAT(only(check, CheckKind::kName), HasFailed());
  for (const auto& one : check.checks) {
    EXPECT_THAT(one.detail, Not(HasSubstr("no-such-host")));
    EXPECT_THAT(one.help, Not(HasSubstr("no-such-host")));
  }
}

}  // namespace
}  // namespace kie::kafka
