#include "exporter/web/api/risks.h"

#include "collectors/cluster/state.h"
#include "exporter/web/api/api.h"
#include "tests/unit/collectors/replication/snapshots.h"

#include <nlohmann/json.hpp>

namespace kie::api {
namespace {

using nlohmann::json;
using replication::test::cluster;
using replication::test::topic;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;

/// A cluster with two findings, and one finding of a producer.
class RisksTest : public testing::Test {
 protected:
  RisksTest() {
    const auto now = std::chrono::steady_clock::now();
    replication::advance(known->replication, cluster(now, {topic("a", {{}})}));
    known->risks = found;
    found->has_topics = found->has_brokers = true;
    found->found.resize(2);
    auto& first = found->found[0];
    first.rule = risk::RuleId::kMinIsr1;
    first.severity = risk::Severity::kWarning;
    first.name = "a";
    first.setting = "min.insync.replicas";
    first.value = "1";
    first.origin = "topic";
    first.note = "The replication factor is 3.";
    first.wanted = {{"min.insync.replicas", "2"}};
    auto& second = found->found[1];
    second.rule = risk::RuleId::kReplicationFactor1;
    second.severity = risk::Severity::kCritical;
    second.name = "b";
    second.exemption = "a cache";
    ClusterStatus east;
    east.name = "east";
    east.servers = {"kafka-1:9092", "kafka-2:9092"};
    east.state = known;
    east.fresh_until = now + seconds{60};
    status.set(0, east);
    producers.risks.resize(1);
    producers.risks[0].rule = risk::RuleId::kAcksNotAll;
    producers.risks[0].severity = risk::Severity::kCritical;
    producers.risks[0].name = "shop";
  }

  json get(const std::string& query = {}, int code = 200) const {
    const auto response = api.answer(
        {.method = "GET", .path = "/api/v1/risks", .raw_path = "/api/v1/risks", .query = query});
    EXPECT_EQ(response.status, code) << response.body;
    return json::parse(response.body);
  }

  std::vector<std::string> names(const std::string& query = {}) const {
    std::vector<std::string> result;
    const auto body = get(query);
    for (const auto& one : body.at("risks")) result.push_back(one.at("name"));
    return result;
  }

  std::shared_ptr<ClusterState> known = std::make_shared<ClusterState>();
  std::shared_ptr<risk::Findings> found = std::make_shared<risk::Findings>();
  StatusBoard status;
  std::unique_ptr<history::History> history = history::History::open({}).value();
  ProducerStore producers;
  Api api{status, producers, *history};
};

TEST_F(RisksTest, AFindingInFull) {
  const auto all = get().at("risks");
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all.at(0), json::parse(R"({
    "cluster": "east", "scope": "topic", "name": "a", "rule": "min_isr_1", "severity": "warning",
    "setting": "min.insync.replicas", "value": "1", "origin": "topic",
    "why": "acks=all is satisfied by the leader alone: what it acknowledged while the others were out of sync is lost with it. The replication factor is 3.",
    "remedy": "Set min.insync.replicas=2 for the topic.",
    "commands": ["kafka-configs --bootstrap-server kafka-1:9092 --alter --entity-type topics --entity-name a --add-config min.insync.replicas=2"],
    "exempt": null})"));
  EXPECT_EQ(all.at(1).at("exempt"), "a cache");
  EXPECT_EQ(all.at(2).at("cluster"), nullptr);
  EXPECT_EQ(all.at(2).at("scope"), "producer");
  EXPECT_EQ(all.at(2).at("remedy"), "acks=all");
}

TEST_F(RisksTest, AreFoundByWhatTheyAre) {
  EXPECT_THAT(names("severity=critical"), ElementsAre("b", "shop"));
  EXPECT_THAT(names("scope=producer"), ElementsAre("shop"));
  EXPECT_THAT(names("rule=min_isr_1"), ElementsAre("a"));
  EXPECT_THAT(names("cluster=east"), ElementsAre("a", "b"));
  for (const auto* query : {"severity=bad", "scope=world", "rule=none", "cluster=west", "other=1"})
    EXPECT_TRUE(get(query, 400).contains("error")) << query;
}

TEST_F(RisksTest, ComeInPages) {
  const auto first = get("limit=2");
  EXPECT_EQ(first.at("risks").size(), 2U);
  EXPECT_EQ(first.at("next"), 2);
  EXPECT_THAT(names("limit=2&after=2"), ElementsAre("shop"));
  EXPECT_EQ(get("limit=2&after=2").at("next"), nullptr);
  EXPECT_EQ(get("limit=3").at("next"), nullptr);
}

TEST_F(RisksTest, SayWhatIsNotKnown) {
  EXPECT_EQ(get().at("unknown"), json::array());
  found->unknown_brokers = {BrokerId{2}};
  found->unknown_topics = {"c"};
  EXPECT_EQ(get().at("unknown"), json::parse(R"([
    {"cluster": "east", "scope": "topic", "name": "c"},
    {"cluster": "east", "scope": "broker", "name": "2"}])"));
  EXPECT_EQ(get("scope=topic").at("unknown").size(), 1U);
}

TEST_F(RisksTest, OfAClusterThatDoesNotAnswerNothingIsKnown) {
  auto gone = status.get().at(0);
  gone.fresh_until = std::chrono::steady_clock::now() - seconds{1};
  status.set(0, gone);
  const auto body = get("cluster=east");
  EXPECT_EQ(body.at("risks"), json::array());
  EXPECT_EQ(body.at("unknown"), json::parse(R"([
    {"cluster": "east", "scope": "topic", "name": null},
    {"cluster": "east", "scope": "broker", "name": null}])"));
}

}  // namespace
}  // namespace kie::api
