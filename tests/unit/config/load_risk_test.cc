#include "config/load.h"
#include "tests/unit/config/loading.h"

namespace kie::config {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using test::Load;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(Load, TakesThresholdsAndExemptionsForEveryCluster) {
  const auto config = good(R"(
[risk]
producer_idle_gap = "48h"
max_lag_time = "2m"
max_new_producers = 9
[[risk.exempt]]
rule = "replication_factor_1"
name = "cache-.*"
reason = "made again"
[[cluster]]
servers = ["kafka:9092"]
)");
  const auto& risk = config.clusters.at(0).risk;
  EXPECT_EQ(risk, config.risk);
  EXPECT_EQ(risk.producer_idle_gap, hours{48});
  EXPECT_EQ(risk.max_lag_time, minutes{2});
  EXPECT_EQ(risk.max_new_producers, 9);
  ASSERT_NE(risk.exemption("replication_factor_1", "cache-1"), nullptr);
  EXPECT_EQ(*risk.exemption("replication_factor_1", "cache-1"), "made again");
  EXPECT_EQ(risk.exemption("replication_factor_2", "cache-1"), nullptr);
  EXPECT_EQ(risk.exemption("replication_factor_1", "my-cache-1"), nullptr) << "the whole name";
  const auto plain = good("[[cluster]]\nservers = [\"kafka:9092\"]\n").risk;
  EXPECT_EQ(plain.min_producer_id_expiration, hours{1});
  EXPECT_EQ(plain.producer_idle_gap, std::nullopt);
}

TEST_F(Load, AFlagsClusterHasTheRulesToo) {
  Flags flags;
  flags.kafka_servers = {"kafka:9092"};
  EXPECT_EQ(good("[risk]\nmax_lag_time = \"2m\"\n", flags).clusters.at(0).risk.max_lag_time,
            minutes{2});
}

TEST_F(Load, AnExemptionThatIsWrongSaysWhere) {
  load_context.is_rule = [](std::string_view id) { return id == "min_isr_1"; };
  const auto wrong = [&](const std::string& exemption) {
    return problems("[[cluster]]\nservers = [\"kafka:9092\"]\n[[risk.exempt]]\n" + exemption);
  };
  EXPECT_THAT(wrong("rule = \"min_isr_1\"\nname = \"a\"\nreason = \"b\""), IsEmpty());
  EXPECT_THAT(wrong("rule = \"min_isr_1\"\nname = \"a\""), ElementsAre(HasSubstr("no reason")));
  EXPECT_THAT(wrong("rule = \"rf_1\"\nname = \"a\"\nreason = \"b\""),
              ElementsAre(AllOf(StartsWith("kie.toml:4:"), HasSubstr("no rule \"rf_1\""))));
  EXPECT_THAT(wrong("rule = \"min_isr_1\"\nname = \"(\"\nreason = \"b\""),
              ElementsAre(HasSubstr("regular expression")));
  EXPECT_THAT(wrong("rule = \"min_isr_1\"\nname = \"a\"\nreason = \"\""),
              ElementsAre(HasSubstr("1 to 500 bytes")));
  EXPECT_THAT(wrong("rule = \"min_isr_1\"\nname = \"a\"\nreason = \"b\"\nwhy = 1"),
              ElementsAre(HasSubstr("risk.exempt.why")));
  EXPECT_THAT(problems("[risk]\nexempt = 1\n[[cluster]]\nservers = [\"kafka:9092\"]\n"),
              ElementsAre(HasSubstr("two brackets")));
}

}  // namespace
}  // namespace kie::config
