#include "exporter/commands/check_text.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace kie {
namespace {

using kafka::Check;
using kafka::CheckKind;
using kafka::ClusterCheck;
using kafka::Outcome;
using nlohmann::ordered_json;
using testing::HasSubstr;

ClusterCheck cluster(const std::string& name, std::vector<Check> checks) {
  return {{"kie.toml", config::Position{3, 1}},
          name,
          {"kafka-1:9092"},
          std::nullopt,
          std::move(checks)};
}

Check ok(CheckKind kind, const std::string& subject = "", const std::string& detail = "") {
  return {kind, subject, Outcome::kOk, detail, ""};
}
Check failed(CheckKind kind, const std::string& subject, const std::string& detail) {
  return {kind, subject, Outcome::kFailed, detail, "mend it"};
}
Check skipped(CheckKind kind, const std::string& detail) {
  return {kind, "", Outcome::kSkipped, detail, ""};
}

ClusterChecks some() {
  return {cluster("prod", {ok(CheckKind::kTcp, "kafka-1:9092", "10.0.0.5"),
                           failed(CheckKind::kProtocol, "kafka-1:9092", "Disconnected"),
                           skipped(CheckKind::kMetadata, "waits for something")})};
}

ClusterCheck that_is(const std::string& id, std::uint32_t line) {
  auto one =
      cluster("c" + std::to_string(line),
              {ok(CheckKind::kConfiguration), ok(CheckKind::kMetadata), ok(CheckKind::kTopics)});
  one.place.position = config::Position{line, 1};
  one.cluster_id = id;
  return one;
}

TEST(CheckText, HasALineForEachStepAndASummary) {
  EXPECT_EQ(check_text(some()),
            "ok       cluster prod: TCP to kafka-1:9092 (10.0.0.5)\n"
            "failed   cluster prod: Kafka's protocol with kafka-1:9092: Disconnected\n"
            "         what to do: mend it\n"
            "skipped  cluster prod: Metadata (waits for something)\n"
            "1 ok, 1 failed, 1 skipped\n");
}

TEST(CheckText, AClusterWithoutANameIsNotNamed) {
  EXPECT_EQ(check_text({cluster("", {ok(CheckKind::kMetadata)})}),
            "ok       Metadata\n1 ok, 0 failed, 0 skipped\n");
}

TEST(CheckText, AStepIsOneLineWhateverAServerSays) {
  EXPECT_THAT(check_text({cluster("", {failed(CheckKind::kMetadata, "", "one\ntwo\x1b[31m")})}),
              HasSubstr("failed   Metadata: one two [31m\n"));
}

TEST(CheckJson, HasAllOfIt) {
  EXPECT_EQ(ordered_json::parse(check_json(some())), ordered_json::parse(R"({
    "clusters": [{
      "name": "prod", "servers": ["kafka-1:9092"], "cluster_id": null,
      "steps": [
        {"step": "tcp", "subject": "kafka-1:9092", "result": "ok", "detail": "10.0.0.5",
         "help": ""},
        {"step": "kafka_protocol", "subject": "kafka-1:9092", "result": "failed",
         "detail": "Disconnected", "help": "mend it"},
        {"step": "metadata", "subject": "", "result": "skipped", "detail": "waits for something",
         "help": ""}]}],
    "ok": 1, "failed": 1, "skipped": 1})"));
}

TEST(CheckJson, HasTheClusterIdIfItIsKnown) {
  const auto json = ordered_json::parse(check_json({that_is("abc", 3)}));
  EXPECT_EQ(json["clusters"][0]["cluster_id"], "abc");
}

TEST(CheckJson, StaysJsonWhateverAServerSays) {
  const auto text = check_json({cluster("", {failed(CheckKind::kMetadata, "", "\xff\"\n")})});
  EXPECT_EQ(ordered_json::parse(text)["clusters"][0]["steps"][0]["detail"], "\xef\xbf\xbd\"\n");
}

TEST(ProblemsJson, NamesThePlaceOfEach) {
  EXPECT_EQ(
      ordered_json::parse(problems_json({{{"kie.toml", config::Position{2, 5}}, "no such key"},
                                         {{"--kafka.server"}, "no port"}})),
      ordered_json::parse(R"({"problems": [
              {"source": "kie.toml", "line": 2, "column": 5, "problem": "no such key"},
              {"source": "--kafka.server", "line": 0, "column": 0, "problem": "no port"}]})"));
}

TEST(ExitCode, SaysWhetherAnythingFailed) {
  EXPECT_EQ(exit_code({cluster("", {ok(CheckKind::kMetadata)})}), 0);
  EXPECT_EQ(exit_code(some()), 1);
  EXPECT_EQ(exit_code({cluster("", {skipped(CheckKind::kTopicIds, "there is no topic")})}), 0);
  auto two = some();
  two.push_back(cluster("", {failed(CheckKind::kConfiguration, "", "refused")}));
  EXPECT_EQ(exit_code(two), 2);
}

TEST(CompareIds, OneEntryIsComparedWithNothing) {
  ClusterChecks checks{that_is("abc", 3)};
  compare_ids(checks);
  EXPECT_EQ(checks[0].checks.size(), 3U);
}

TEST(CompareIds, DifferentClustersAreWell) {
  ClusterChecks checks{that_is("abc", 3), that_is("def", 9)};
  compare_ids(checks);
  for (const auto& check : checks) {
    ASSERT_EQ(check.checks.size(), 4U);
    // After the step that brought the id.
    EXPECT_EQ(check.checks[2].kind, CheckKind::kDistinct);
    EXPECT_EQ(check.checks[2].outcome, Outcome::kOk);
  }
}

TEST(CompareIds, TheLaterEntryOfAClusterFailsAndNamesBoth) {
  ClusterChecks checks{that_is("abc", 3), that_is("def", 9), that_is("abc", 15)};
  compare_ids(checks);
  EXPECT_EQ(checks[0].checks[2].outcome, Outcome::kOk);
  EXPECT_EQ(checks[1].checks[2].outcome, Outcome::kOk);
  EXPECT_EQ(checks[2].checks[2].outcome, Outcome::kFailed);
  EXPECT_THAT(checks[2].checks[2].detail, HasSubstr("kie.toml:3:1 and kie.toml:15:1"));
  EXPECT_EQ(exit_code(checks), 1);
}

TEST(CompareIds, AClusterThatDoesNotAnswerIsSkipped) {
  ClusterChecks checks{
      that_is("abc", 3),
      cluster("b", {skipped(CheckKind::kMetadata, "waits for TCP to kafka-1:9092")}),
      cluster("c", {failed(CheckKind::kMetadata, "", "timed out")})};
  compare_ids(checks);
  EXPECT_EQ(checks[1].checks[1].detail, "waits for TCP to kafka-1:9092");
  EXPECT_EQ(checks[2].checks[1].outcome, Outcome::kSkipped);
  EXPECT_EQ(checks[2].checks[1].detail, "waits for Metadata");
}

}  // namespace
}  // namespace kie
