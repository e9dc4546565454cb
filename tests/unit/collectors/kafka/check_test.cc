#include "collectors/kafka/check.h"

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

std::vector<Step> of(const ClusterCheck& check, StepKind kind) {
  std::vector<Step> steps;
  std::ranges::copy_if(check.steps, std::back_inserter(steps),
                       [&](const Step& step) { return step.kind == kind; });
  return steps;
}

Step only(const ClusterCheck& check, StepKind kind) {
  const auto steps = of(check, kind);
  EXPECT_THAT(steps, SizeIs(1)) << id_of(kind);
  return steps.empty() ? Step{} : steps.front();
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
  for (const auto kind : {StepKind::kName, StepKind::kTcp, StepKind::kProtocol, StepKind::kBroker})
    EXPECT_THAT(of(check, kind), AllOf(SizeIs(2), Each(IsOk()))) << id_of(kind);
  EXPECT_THAT(only(check, StepKind::kMetadata).detail,
              AllOf(HasSubstr(*check.cluster_id), HasSubstr("2 brokers, 2 topics")));
  EXPECT_EQ(only(check, StepKind::kTopics).detail, "2 with 4 partitions");
  EXPECT_EQ(only(check, StepKind::kOffsets).detail, "4 partitions");
  EXPECT_THAT(only(check, StepKind::kEpochEnds), IsOk());
  for (const auto kind : {StepKind::kTopicSettings, StepKind::kBrokerSettings})
    EXPECT_THAT(only(check, kind), HasFailed()) << id_of(kind);
}

TEST(CheckCluster, AFilterThatLetsNothingThroughIsAMistake) {
  test::MockKafka kafka{1};
  kafka.create("orders", 3, 1);
  auto config = kafka.config();
  config.request_timeout = milliseconds{2000};
  ASSERT_FALSE(config.topics.include("order"));
  const auto check = check_cluster(config);
  EXPECT_THAT(only(check, StepKind::kTopics), HasFailed());
  EXPECT_THAT(only(check, StepKind::kTopics).help, HasSubstr("topic_include"));
  EXPECT_THAT(only(check, StepKind::kOffsets), WaitsFor(title(only(check, StepKind::kTopics))));
}

TEST(CheckCluster, EverythingWaitsForAPortThatIsClosed) {
  const auto server = test::Listener{}.server();
  const auto check = check_cluster(at(server));
  EXPECT_THAT(only(check, StepKind::kConfiguration), IsOk());
  EXPECT_THAT(only(check, StepKind::kName), IsOk());
  EXPECT_THAT(only(check, StepKind::kTcp), HasFailed());
  for (const auto kind : {StepKind::kProtocol, StepKind::kMetadata, StepKind::kTopics,
                          StepKind::kBrokerSettings, StepKind::kEpochEnds})
    EXPECT_THAT(only(check, kind), WaitsFor("TCP to " + server)) << id_of(kind);
  EXPECT_FALSE(check.cluster_id);
}

TEST(CheckCluster, AServerThatKeepsSilentEndsInAFewTimeouts) {
  const test::Listener listener;
  const auto begun = std::chrono::steady_clock::now();
  const auto check = check_cluster(at(listener.server()));
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{10});
  EXPECT_THAT(only(check, StepKind::kTcp), IsOk());
  EXPECT_THAT(only(check, StepKind::kProtocol), HasFailed());
  EXPECT_THAT(only(check, StepKind::kMetadata), WaitsFor(title(only(check, StepKind::kProtocol))));
}

TEST(CheckCluster, TlsAndLoginWaitForAConfigurationThatLibrdkafkaRefuses) {
  const test::Listener listener;
  auto cluster = at(listener.server());
  cluster.librdkafka.push_back(Property{"security.protocol", Secret{"SASL_SSL"}, {}});
  cluster.librdkafka.push_back(Property{"sasl.mechanism", Secret{"PLAIN"}, {}});
  const auto check = check_cluster(cluster);
  EXPECT_THAT(only(check, StepKind::kConfiguration), HasFailed());
  EXPECT_THAT(only(check, StepKind::kConfiguration).detail, HasSubstr("kie.toml:3:1"));
  EXPECT_THAT(only(check, StepKind::kTcp), IsOk());
  for (const auto kind :
       {StepKind::kTls, StepKind::kProtocol, StepKind::kSasl, StepKind::kMetadata})
    EXPECT_THAT(only(check, kind), WaitsFor("configuration")) << id_of(kind);
}

TEST(CheckCluster, NoTextHasASecret) {
  auto cluster = at("no-such-host.invalid:9092", milliseconds{5000});
  // A secret that was put into the wrong place, too.
  cluster.librdkafka.push_back(Property{"sasl.password", Secret{"no-such-host"}, {}});
  const auto check = check_cluster(cluster);
  EXPECT_THAT(only(check, StepKind::kName), HasFailed());
  for (const auto& step : check.steps) {
    EXPECT_THAT(step.detail, Not(HasSubstr("no-such-host")));
    EXPECT_THAT(step.help, Not(HasSubstr("no-such-host")));
  }
}

}  // namespace
}  // namespace kie::kafka
