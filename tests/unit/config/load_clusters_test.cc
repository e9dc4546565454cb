#include "config/load.h"
#include "tests/unit/config/loading.h"

namespace kie::config {
namespace {

using std::chrono::minutes;
using test::Load;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

TEST_F(Load, OneBracketIsTooFewForACluster) {
  EXPECT_THAT(problems("[cluster]\nservers = [\"kafka:9092\"]\n"),
              ElementsAre("kie.toml:1:1: a cluster is written as [[cluster]], with two brackets"));
}

TEST_F(Load, OneListenAddressNeedsNoBrackets) {
  const std::string cluster = "[[cluster]]\nservers = [\"kafka:9092\"]\n";
  EXPECT_THAT(good("[web]\nlisten_address = \":1\"\n" + cluster).web.listen_addresses,
              ElementsAre(":1"));
  EXPECT_THAT(good("[web]\nlisten_address = []\n" + cluster).web.listen_addresses,
              ElementsAre(":10033"));
}

TEST_F(Load, SeveralClusters) {
  const auto config = good(R"(
[[cluster]]
name = "a"
servers = ["a:1"]

[[cluster]]
name = "b"
servers = ["b:1"]
poll_interval = "1m"
)");
  ASSERT_EQ(config.clusters.size(), 2U);
  EXPECT_EQ(config.clusters[0].name, "a");
  EXPECT_EQ(config.clusters[0].place, (SourceLocation{"kie.toml", Position{2, 1}}));
  EXPECT_EQ(config.clusters[1].name, "b");
  EXPECT_EQ(config.clusters[1].poll_interval, minutes{1});
  EXPECT_EQ(config.clusters[1].place, (SourceLocation{"kie.toml", Position{6, 1}}));
}

TEST_F(Load, OfSeveralClustersEachHasANameOfItsOwn) {
  EXPECT_THAT(problems(R"([[cluster]]
servers = ["a:1"]
[[cluster]]
name = "b"
servers = ["b:1"]
[[cluster]]
name = "b"
servers = ["c:1"]
)"),
              ElementsAre(AllOf(StartsWith("kie.toml:1:1: "), HasSubstr("needs a name")),
                          AllOf(StartsWith("kie.toml:6:1: "), HasSubstr("in line 3"))));
}

TEST_F(Load, AServerFlagDoesNotSayWhichOfSeveralClustersItMeans) {
  Flags flags;
  flags.kafka_servers = {"flag:1"};
  EXPECT_THAT(problems("[[cluster]]\nname = \"a\"\n[[cluster]]\nname = \"b\"\n", flags),
              ElementsAre(StartsWith("--kafka.server: the file has several [[cluster]]")));
}

TEST_F(Load, ClustersAreTheSameWhereverTheyStand) {
  const std::string text =
      "[[cluster]]\nname = \"a\"\nservers = [\"a:1\"]\ntopic_exclude = [\"x.*\"]\n"
      "[cluster.librdkafka]\n\"sasl.password\" = \"hunter2\"\n";
  const auto one = good(text).clusters.at(0);
  EXPECT_TRUE(same_settings(one, good("# moved\n\n" + text).clusters.at(0)));
  for (const auto& [from, to] : std::map<std::string, std::string>{
           {"a:1", "a:2"}, {"x.*", "y.*"}, {"hunter2", "hunter3"}, {"\"a\"", "\"b\""}}) {
    auto other = text;
    other.replace(other.find(from), from.size(), to);
    EXPECT_FALSE(same_settings(one, good(other).clusters.at(0))) << to;
  }
}

TEST_F(Load, ARenewedCertificateMakesAnotherCluster) {
  for (const auto* name : {"ssl.ca.location", "ssl.certificate.location", "ssl.crl.location",
                           "ssl.key.location", "ssl.keystore.location"}) {
    const std::string text = "[[cluster]]\nservers = [\"a:1\"]\n[cluster.librdkafka]\n" +
                             std::string(name) + " = \"/pem\"\n";
    files.erase("/pem");
    const auto missing = good(text).clusters.at(0);
    files["/pem"] = "old";
    const auto old = good(text).clusters.at(0);
    EXPECT_EQ(old.librdkafka.at(0).value.reveal(), "/pem");
    EXPECT_TRUE(same_settings(old, good(text).clusters.at(0))) << name;
    files["/pem"] = "new";
    EXPECT_FALSE(same_settings(old, good(text).clusters.at(0))) << name;
    EXPECT_FALSE(same_settings(old, missing)) << name;
  }
}

TEST_F(Load, OnlyFilesThatLibrdkafkaReadsOnceAreReadForIt) {
  files["/secret"] = "old";
  const std::string text =
      "[[cluster]]\nservers = [\"a:1\"]\n[cluster.librdkafka]\nsasl.username = \"/secret\"\n";
  const auto old = good(text).clusters.at(0);
  files["/secret"] = "new";
  EXPECT_TRUE(same_settings(old, good(text).clusters.at(0)));
}

}  // namespace
}  // namespace kie::config
