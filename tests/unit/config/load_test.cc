#include "config/load.h"

#include "tests/unit/config/loading.h"

namespace kie::config {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::Load;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST_F(Load, AFileWithEverything) {
  const auto config = good(R"(
[web]
listen_address = ["127.0.0.1:9999", "[::1]:9999"]
telemetry_path = "/kafka"
max_connections = 8
request_timeout = "2s"
enable_lifecycle = true

[log]
level = "warn"
format = "json"

[history]
file = "/var/lib/kie/history.db"
max_age = "30d"
max_size = "1GiB"

[[cluster]]
name = "production"
servers = ["kafka-1:9092", "[::1]:9092"]
poll_interval = "5s"
watch_interval = "2s"
request_timeout = "1500ms"
config_interval = "10m"
expected_brokers = 3
partition_metrics = "unhealthy"
compatible_metrics = false
max_series = 50000
topic_include = ["orders.*", "payments"]
topic_exclude = [".*-tmp"]
[cluster.librdkafka]
security.protocol = "sasl_ssl"
"sasl.username" = "alice"
socket.keepalive.enable = true
reconnect.backoff.max.ms = 500
)");
  EXPECT_THAT(config.web.listen_addresses, ElementsAre("127.0.0.1:9999", "[::1]:9999"));
  EXPECT_EQ(config.web.telemetry_path, "/kafka");
  EXPECT_EQ(config.web.max_connections, 8);
  EXPECT_EQ(config.web.request_timeout, seconds{2});
  EXPECT_TRUE(config.web.enable_lifecycle);
  EXPECT_EQ(config.log.level, LogLevel::kWarn);
  EXPECT_EQ(config.log.format, LogFormat::kJson);
  EXPECT_EQ(config.history.file, "/var/lib/kie/history.db");
  EXPECT_EQ(config.history.max_age, days{30});
  EXPECT_EQ(config.history.max_size, 1'073'741'824);
  ASSERT_EQ(config.clusters.size(), 1U);
  const auto& cluster = config.clusters[0];
  EXPECT_EQ(cluster.partition_metrics, PartitionMetrics::kUnhealthy);
  EXPECT_FALSE(cluster.compatible_metrics);
  EXPECT_EQ(cluster.max_series, 50'000);
  EXPECT_EQ(cluster.name, "production");
  EXPECT_THAT(cluster.servers, ElementsAre("kafka-1:9092", "[::1]:9092"));
  EXPECT_EQ(cluster.poll_interval, seconds{5});
  EXPECT_EQ(cluster.staleness(), seconds{15});
  EXPECT_EQ(cluster.watch_interval, seconds{2});
  EXPECT_EQ(cluster.request_timeout, milliseconds{1500});
  EXPECT_EQ(cluster.config_interval, minutes{10});
  EXPECT_EQ(cluster.expected_brokers, 3);
  EXPECT_TRUE(cluster.topics.matches("orders-eu"));
  EXPECT_FALSE(cluster.topics.matches("orders-tmp"));
  EXPECT_FALSE(cluster.topics.matches("clicks"));
  EXPECT_EQ(properties(config),
            (std::map<std::string, std::string>{{"security.protocol", "sasl_ssl"},
                                                {"sasl.username", "alice"},
                                                {"socket.keepalive.enable", "true"},
                                                {"reconnect.backoff.max.ms", "500"}}));
}

TEST_F(Load, TheDefaults) {
  const auto config = good("[[cluster]]\nservers = [\"kafka:9092\"]\n");
  EXPECT_THAT(config.web.listen_addresses, ElementsAre(":10033"));
  EXPECT_EQ(config.web.telemetry_path, "/metrics");
  EXPECT_EQ(config.web.max_connections, 64);
  EXPECT_EQ(config.web.request_timeout, seconds{5});
  EXPECT_FALSE(config.web.enable_lifecycle);
  EXPECT_EQ(config.log.level, LogLevel::kInfo);
  EXPECT_EQ(config.log.format, LogFormat::kLogfmt);
  EXPECT_EQ(config.history.file, "kafka-isr-exporter.db");
  EXPECT_EQ(config.history.max_age, days{90});
  EXPECT_EQ(config.history.max_size, 256 * 1024 * 1024);
  const auto& cluster = config.clusters.at(0);
  EXPECT_EQ(cluster.partition_metrics, PartitionMetrics::kAll);
  EXPECT_TRUE(cluster.compatible_metrics);
  EXPECT_EQ(cluster.max_series, 2'000'000);
  EXPECT_EQ(cluster.name, "");
  EXPECT_EQ(cluster.poll_interval, seconds{10});
  EXPECT_EQ(cluster.watch_interval, seconds{1});
  EXPECT_EQ(cluster.request_timeout, seconds{3});
  EXPECT_EQ(cluster.config_interval, minutes{5});
  EXPECT_EQ(cluster.expected_brokers, std::nullopt);
  EXPECT_THAT(cluster.librdkafka, IsEmpty());
}

TEST_F(Load, AServerFlagIsEnoughWithoutAFile) {
  Flags flags;
  flags.kafka_servers = {"a:1", "b:2"};
  const auto config = load(flags, load_context);
  ASSERT_TRUE(config);
  EXPECT_THAT(config->clusters.at(0).servers, ElementsAre("a:1", "b:2"));
}

TEST_F(Load, FlagsWinOverTheFile) {
  Flags flags;
  flags.kafka_servers = {"flag:1"};
  flags.listen_addresses = {":1", ":3"};
  flags.telemetry_path = "/flag";
  flags.log_level = "error";
  flags.log_format = "json";
  flags.history_file = "flag.db";
  flags.enable_lifecycle = true;
  const auto config = good(R"(
[web]
listen_address = ":2"
telemetry_path = "/file"
[log]
level = "debug"
[history]
file = "file.db"
[[cluster]]
name = "kept"
servers = ["file:2"]
)",
                           flags);
  EXPECT_THAT(config.web.listen_addresses, ElementsAre(":1", ":3"));
  EXPECT_EQ(config.web.telemetry_path, "/flag");
  EXPECT_TRUE(config.web.enable_lifecycle);
  EXPECT_EQ(config.log.level, LogLevel::kError);
  EXPECT_EQ(config.log.format, LogFormat::kJson);
  EXPECT_EQ(config.history.file, "flag.db");
  EXPECT_THAT(config.clusters.at(0).servers, ElementsAre("flag:1"));
  EXPECT_EQ(config.clusters.at(0).name, "kept");
}

TEST_F(Load, AClusterWithoutServersTakesThoseOfTheFlag) {
  Flags flags;
  flags.kafka_servers = {"flag:1"};
  EXPECT_THAT(good("[[cluster]]\nname = \"x\"\n", flags).clusters.at(0).servers,
              ElementsAre("flag:1"));
}

TEST_F(Load, ABadFlagIsAProblemOfTheFlag) {
  Flags flags;
  flags.kafka_servers = {"nowhere"};
  flags.listen_addresses = {"10033"};
  flags.telemetry_path = "metrics";
  flags.log_level = "loud";
  EXPECT_THAT(problems("", flags),
              testing::UnorderedElementsAre(
                  StartsWith("--kafka.server: "), StartsWith("--web.listen-address: "),
                  StartsWith("--web.telemetry-path: "), StartsWith("--log.level: ")));
}

TEST_F(Load, NothingToWatchIsAProblem) {
  EXPECT_THAT(problems(""), ElementsAre(AllOf(StartsWith("kie.toml: no cluster to watch"),
                                              HasSubstr("--kafka.server"))));
  for (const auto* toml : {"\n[[cluster]]\nname = \"x\"\n", "\n[[cluster]]\nservers = []\n"})
    EXPECT_THAT(problems(toml),
                ElementsAre(StartsWith("kie.toml:2:1: the [[cluster]] has no servers: add")));
  const auto loaded = load({}, load_context);
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().at(0).text(), StartsWith("configuration: no cluster to watch"));
}

TEST_F(Load, MissingServersAreToldBesideWhatElseIsWrong) {
  EXPECT_THAT(problems("[[cluster]]\nname = \"\"\n"),
              ElementsAre(StartsWith("kie.toml:1:1: the [[cluster]] has no servers"),
                          StartsWith("kie.toml:2:8: cluster.name")));
}

TEST_F(Load, AFileThatIsNotThereIsAProblem) {
  Flags flags;
  flags.config_file = "/no/such/file.toml";
  const auto loaded = load(flags, load_context);
  ASSERT_FALSE(loaded);
  ASSERT_EQ(loaded.error().size(), 1U);
  EXPECT_EQ(loaded.error()[0].text(),
            "/no/such/file.toml: cannot read the file: No such file or directory");
}

TEST_F(Load, FlagsAreCheckedBesideAFileThatCannotBeRead) {
  Flags flags;
  flags.config_file = "/no/such/file.toml";
  flags.kafka_servers = {"nowhere"};
  flags.log_level = "loud";
  const auto loaded = load(flags, load_context);
  ASSERT_FALSE(loaded);
  std::vector<std::string> texts;
  for (const auto& problem : loaded.error()) texts.push_back(problem.text());
  EXPECT_THAT(texts, testing::UnorderedElementsAre(StartsWith("--kafka.server: a broker's address"),
                                                   StartsWith("--log.level: must be"),
                                                   StartsWith("/no/such/file.toml: cannot read")));
}

TEST_F(Load, FlagsAreCheckedBesideASyntaxError) {
  Flags flags;
  flags.kafka_servers = {"nowhere"};
  flags.listen_addresses = {"10033"};
  EXPECT_THAT(
      problems("[web]\nlisten_address = \":1\n", flags),
      ElementsAre(StartsWith("--kafka.server: a broker's"),
                  StartsWith("--web.listen-address: an address"), StartsWith("kie.toml:2:")));
}

TEST_F(Load, TheFileOfTheFlagIsRead) {
  files["/etc/kie.toml"] = "[[cluster]]\nservers = [\"kafka:9092\"]\n";
  Flags flags;
  flags.config_file = "/etc/kie.toml";
  const auto loaded = load(flags, load_context);
  ASSERT_TRUE(loaded);
  EXPECT_THAT(loaded->clusters.at(0).servers, ElementsAre("kafka:9092"));
}

TEST_F(Load, ASyntaxErrorHasItsPlace) {
  EXPECT_THAT(problems("[web]\nlisten_address = \":1\n"), ElementsAre(StartsWith("kie.toml:2:")));
  EXPECT_THAT(problems("[web]\n[web]\n"), ElementsAre(StartsWith("kie.toml:2:")));
  EXPECT_THAT(problems("a = 1\na = 2\n"), ElementsAre(StartsWith("kie.toml:2:")));
  EXPECT_THAT(problems("\xff\xfe"), ElementsAre(StartsWith("kie.toml:1:")));
}

TEST_F(Load, AHistoryInMemoryOnlyIsAnEmptyFile) {
  const std::string cluster = "[[cluster]]\nservers = [\"kafka:9092\"]\n";
  EXPECT_EQ(good("[history]\nfile = \"\"\n" + cluster).history.file, "");
  Flags flags;
  flags.history_file = "";
  EXPECT_EQ(good(cluster, flags).history.file, "");
}

TEST_F(Load, AWordThatIsNoneOfThoseThatMeanSomething) {
  EXPECT_THAT(
      problems("[log]\nformat = \"xml\"\n[web]\nenable_lifecycle = 1\n[[cluster]]\n"
               "servers = [\"a:1\"]\npartition_metrics = \"some\"\nmax_series = 10\n"),
      ElementsAre("kie.toml:2:10: log.format: must be one of logfmt, json, not \"xml\"",
                  "kie.toml:4:20: web.enable_lifecycle must be true or false, not an integer",
                  "kie.toml:7:21: cluster.partition_metrics: must be one of all, unhealthy, "
                  "none, not \"some\"",
                  StartsWith("kie.toml:8:14: cluster.max_series must be between 100 and")));
}

TEST_F(Load, EverythingThatIsWrongIsToldAtOnceFlagsFirstThenInTheOrderOfTheFile) {
  Flags flags;
  flags.log_level = "loud";
  EXPECT_THAT(problems(R"([[cluster]]
servers = ["nowhere"]
zz = 1
poll_interval = "1w"
name = "${NO_SUCH}"
[cluster.librdkafka]
no.such.property = 1
sasl.password_file = "/no/such"
[web]
max_connections = 0
)",
                       flags),
              ElementsAre(StartsWith("--log.level: "), StartsWith("kie.toml:2:12: "),
                          StartsWith("kie.toml:3:1: "), StartsWith("kie.toml:4:17: "),
                          StartsWith("kie.toml:5:8: "), StartsWith("kie.toml:7:20: "),
                          StartsWith("kie.toml:8:22: "), StartsWith("kie.toml:10:19: ")));
}

}  // namespace
}  // namespace kie::config
