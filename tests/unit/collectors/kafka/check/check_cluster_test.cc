#include "collectors/kafka/check/check_cluster.h"

#include "tests/unit/collectors/kafka/listener.h"
#include "tests/unit/collectors/kafka/mock_kafka.h"

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

config::Cluster at(const std::string& server, milliseconds timeout = milliseconds{300}) {
  config::Cluster cluster;
  cluster.place = {"kie.toml", 3, 1};
  cluster.servers = {server};
  cluster.request_timeout = timeout;
  return cluster;
}

// The mock has no settings to describe; test_check.py has the whole way with real brokers.
TEST(CheckCluster, GoesAllTheWay) {
  test::MockKafka kafka{2};
  kafka.create("orders", 3, 2);
  kafka.create("payments", 1, 1);
  auto config = kafka.config();
  config.request_timeout = milliseconds{2000};
  const auto check = check_cluster(config);
  ASSERT_TRUE(check.cluster_id);
  EXPECT_EQ(check.servers, config.servers);
  for (const auto kind :
       {CheckKind::kName, CheckKind::kTcp, CheckKind::kProtocol, CheckKind::kBroker})
    EXPECT_THAT(of(check, kind), AllOf(SizeIs(2), Each(IsOk()))) << id_of(kind);
  EXPECT_THAT(only(check, CheckKind::kMetadata).detail,
              AllOf(HasSubstr(*check.cluster_id), HasSubstr("2 brokers, 2 topics")));
  EXPECT_EQ(only(check, CheckKind::kTopics).detail, "2 with 4 partitions");
  EXPECT_EQ(only(check, CheckKind::kOffsets).detail, "4 partitions");
  EXPECT_THAT(only(check, CheckKind::kEpochEnds), IsOk());
  for (const auto kind : {CheckKind::kTopicSettings, CheckKind::kBrokerSettings})
    EXPECT_THAT(only(check, kind), HasFailed()) << id_of(kind);
}

TEST(CheckCluster, AFilterThatLetsNothingThroughIsAMistake) {
  test::MockKafka kafka{1};
  kafka.create("orders", 3, 1);
  auto config = kafka.config();
  config.request_timeout = milliseconds{2000};
  ASSERT_FALSE(config.topics.include("order"));
  const auto check = check_cluster(config);
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
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{10});
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
