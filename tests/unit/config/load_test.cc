#include "config/load.h"

#include "collectors/kafka/client.h"
#include "tests/unit/config/loading.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace kie::config {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::Load;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
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

// Keys that are not known.

TEST_F(Load, AMistypedKeyIsAnsweredWithWhatWasMeantAtEveryLevel) {
  EXPECT_THAT(problems(R"([wbe]
[web]
listen_adress = ":1"
[log]
lvel = "info"
[[cluster]]
servers = ["kafka:9092"]
pol_interval = "5s"
)"),
              ElementsAre("kie.toml:1:2: unknown key \"wbe\"; did you mean \"web\"?",
                          "kie.toml:3:1: unknown key \"web.listen_adress\"; did you mean "
                          "\"web.listen_address\"?",
                          "kie.toml:5:1: unknown key \"log.lvel\"; did you mean \"log.level\"?",
                          "kie.toml:8:1: unknown key \"cluster.pol_interval\"; did you mean "
                          "\"cluster.poll_interval\"?"));
}

TEST_F(Load, AKeyThatIsLikeNoneIsAnsweredWithAllThereAre) {
  EXPECT_THAT(problems("[log]\nzookeeper = 1\n[[cluster]]\nservers = [\"kafka:9092\"]\n"),
              ElementsAre("kie.toml:2:1: unknown key \"log.zookeeper\"; known here: level format"));
}

// Values that are wrong.

TEST_F(Load, AValueOfAWrongTypeSaysWhichIsRight) {
  EXPECT_THAT(
      problems(R"(log = 1
[web]
listen_address = 10033
max_connections = "many"
request_timeout = 5
[[cluster]]
name = true
servers = "kafka:9092"
expected_brokers = 3.0
topic_include = [1, "ok"]
poll_interval = 1979-05-27
watch_interval = 1
librdkafka = []
[history]
file = 1
max_age = 90
max_size = 268435456
)"),
      ElementsAre("kie.toml:1:7: log must be a table, not an integer",
                  "kie.toml:3:18: web.listen_address must be a string, not an integer",
                  "kie.toml:4:19: web.max_connections must be an integer, not a string",
                  "kie.toml:5:19: web.request_timeout must be a string, not an integer",
                  "kie.toml:7:8: cluster.name must be a string, not a boolean",
                  "kie.toml:8:11: cluster.servers must be an array of strings, not a string",
                  "kie.toml:9:20: cluster.expected_brokers must be an integer, not a float",
                  "kie.toml:10:18: cluster.topic_include must be a string, not an integer",
                  "kie.toml:11:17: cluster.poll_interval must be a string, not a date or time",
                  "kie.toml:12:18: cluster.watch_interval must be a string, not an integer",
                  "kie.toml:13:14: cluster.librdkafka must be a table, not an array",
                  "kie.toml:15:8: history.file must be a string, not an integer",
                  "kie.toml:16:11: history.max_age must be a string, not an integer",
                  "kie.toml:17:12: history.max_size must be a string, not an integer"));
}

TEST_F(Load, AValueOutOfItsRangeSaysTheRange) {
  EXPECT_THAT(
      problems(R"([web]
max_connections = 1
request_timeout = "99ms"
[[cluster]]
servers = ["kafka:9092"]
poll_interval = "999ms"
request_timeout = "61s"
config_interval = "25h"
expected_brokers = 0
watch_interval = "500ms"
[history]
max_age = "59m"
max_size = "16383KiB"
)"),
      ElementsAre("kie.toml:2:19: web.max_connections must be between 2 and 1024, not 1",
                  "kie.toml:3:19: web.request_timeout must be between 100ms and 5m, not 99ms",
                  "kie.toml:6:17: cluster.poll_interval must be between 1s and 1m, not 999ms",
                  "kie.toml:7:19: cluster.request_timeout must be between 100ms and 1m, not 61s",
                  "kie.toml:8:19: cluster.config_interval must be between 1s and 1d, not 25h",
                  "kie.toml:9:20: cluster.expected_brokers must be between 1 and 100000, not 0",
                  "kie.toml:10:18: cluster.watch_interval must be between 1s and 1h, not 500ms",
                  "kie.toml:12:11: history.max_age must be between 1h and 3650d, not 59m",
                  "kie.toml:13:12: history.max_size must be between 16MiB and 1TiB, not "
                  "16383KiB"));
}

TEST_F(Load, TheEndsOfTheRangesAreGood) {
  const auto least = good(R"([web]
max_connections = 2
request_timeout = "100ms"
[[cluster]]
servers = ["kafka:9092"]
poll_interval = "1s"
request_timeout = "100ms"
config_interval = "1s"
expected_brokers = 1
watch_interval = "1s"
[history]
max_age = "1h"
max_size = "16MiB"
)");
  EXPECT_EQ(least.clusters.at(0).poll_interval, seconds{1});
  EXPECT_EQ(least.history.max_age, hours{1});
  const auto most = good(R"([web]
max_connections = 1024
request_timeout = "5m"
[[cluster]]
servers = ["kafka:9092"]
poll_interval = "1m"
request_timeout = "1m"
config_interval = "24h"
expected_brokers = 100000
watch_interval = "1h"
[history]
max_age = "3650d"
max_size = "1TiB"
)");
  EXPECT_EQ(most.history.max_size, 1LL << 40);
  EXPECT_EQ(most.clusters.at(0).expected_brokers, 100'000);
}

TEST_F(Load, ATextThatCannotBeReadSaysHowItLooks) {
  EXPECT_THAT(
      problems(R"([web]
listen_address = "10033"
telemetry_path = "metrics"
[log]
level = "loud"
[[cluster]]
name = ""
servers = ["kafka:9092", "nowhere"]
poll_interval = "5 s"
topic_include = ["ok", "("]
topic_exclude = ["[a"]
[history]
file = "\u0000.db"
max_size = "256MB"
)"),
      ElementsAre(StartsWith("kie.toml:2:18: web.listen_address: an address to listen on is"),
                  StartsWith("kie.toml:3:18: web.telemetry_path: the path of the metrics begins"),
                  "kie.toml:5:9: log.level: must be one of debug, info, warn, error, not \"loud\"",
                  StartsWith("kie.toml:7:8: cluster.name: a name has 1 to 200 bytes"),
                  StartsWith("kie.toml:8:26: "),
                  StartsWith("kie.toml:9:17: cluster.poll_interval must be a duration such as"),
                  StartsWith("kie.toml:10:24: topic_include: bad regular expression: "),
                  StartsWith("kie.toml:11:18: topic_exclude: bad regular expression: "),
                  StartsWith("kie.toml:13:8: history.file: a path has no zero byte"),
                  StartsWith("kie.toml:14:12: history.max_size must be a size such as")));
}

TEST_F(Load, ANameIsLimited) {
  const auto with_name = [](std::size_t size) {
    return "[[cluster]]\nservers = [\"kafka:9092\"]\nname = \"" + std::string(size, 'x') + "\"\n";
  };
  EXPECT_EQ(good(with_name(200)).clusters.at(0).name.size(), 200U);
  EXPECT_THAT(problems(with_name(201)), ElementsAre(HasSubstr("cluster.name")));
}

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

// The environment.

TEST_F(Load, StringsMayHaveEnvironmentVariablesInThem) {
  const auto config = good(R"(
[[cluster]]
name = "$${SERVER}"
servers = ["${SERVER}", "kafka-2:9092"]
[cluster.librdkafka]
sasl.password = "${PASSWORD}!"
)");
  EXPECT_EQ(config.clusters.at(0).name, "${SERVER}");
  EXPECT_THAT(config.clusters.at(0).servers, ElementsAre("kafka-9:9092", "kafka-2:9092"));
  EXPECT_EQ(properties(config).at("sasl.password"), "hunter2!");
}

TEST_F(Load, AVariableThatIsNotSetIsAProblem) {
  EXPECT_THAT(
      problems("[[cluster]]\nservers = [\"${A}:${B}\"]\nname = \"${C\"\n"),
      ElementsAre("kie.toml:2:12: cluster.servers: the environment variable A is not set",
                  "kie.toml:2:12: cluster.servers: the environment variable B is not set",
                  AllOf(StartsWith("kie.toml:3:8: cluster.name: "), HasSubstr("without \"}\""))));
}

TEST_F(Load, WhatIsNoVariablesNameIsNotRepeatedBecauseItMayBeAPassword) {
  EXPECT_THAT(problems("[[cluster]]\nservers = [\"kafka:9092\"]\n[cluster.librdkafka]\n"
                       "sasl.password = \"x${hunter-2}\"\n"),
              ElementsAre(AllOf(StartsWith("kie.toml:4:17: sasl.password: "),
                                HasSubstr("not a variable's name"), Not(HasSubstr("hunter")))));
  environment["with-dash"] = "kafka:9092";
  EXPECT_THAT(good("[[cluster]]\nservers = [\"${with-dash}\"]\n").clusters.at(0).servers,
              ElementsAre("kafka:9092"));
}

// librdkafka's properties.

TEST_F(Load, DottedAndQuotedKeysAreTheSame) {
  const std::string head = "[[cluster]]\nservers = [\"kafka:9092\"]\n";
  const std::map<std::string, std::string> wanted{{"sasl.username", "alice"},
                                                  {"ssl.ca.location", "/ca"}};
  for (const auto* tail :
       {"[cluster.librdkafka]\nsasl.username = \"alice\"\nssl.ca.location = \"/ca\"\n",
        "[cluster.librdkafka]\n\"sasl.username\" = \"alice\"\n'ssl.ca.location' = \"/ca\"\n",
        "librdkafka = { sasl.username = \"alice\", \"ssl.ca.location\" = \"/ca\" }\n",
        "[cluster.librdkafka.sasl]\nusername = \"alice\"\n[cluster.librdkafka.ssl]\n"
        "ca.location = \"/ca\"\n"})
    EXPECT_EQ(properties(good(head + tail)), wanted) << tail;
}

TEST_F(Load, APropertyIsNotGivenTwiceInTwoSpellings) {
  EXPECT_THAT(problems("[[cluster]]\nservers = [\"kafka:9092\"]\n[cluster.librdkafka]\n"
                       "sasl.username = \"alice\"\n\"sasl.username\" = \"bob\"\n"),
              ElementsAre(AllOf(HasSubstr("sasl.username is given twice"), HasSubstr("in line "))));
}

TEST_F(Load, APropertyMayBeInAFile) {
  const std::string head = "[[cluster]]\nservers = [\"kafka:9092\"]\n[cluster.librdkafka]\n";
  const std::vector<std::pair<std::string, std::string>> contents{
      {"hunter3", "hunter3"},     {"hunter3\n", "hunter3"},       {"hunter3\r\n", "hunter3"},
      {"hunter3\n\n", "hunter3"}, {" hunter 3 \n", " hunter 3 "}, {"", ""},
      {"a\nb\n", "a\nb"}};
  for (const auto& [content, wanted] : contents) {
    files["/secret"] = content;
    EXPECT_EQ(properties(good(head + "sasl.password_file = \"/secret\"\n")).at("sasl.password"),
              wanted);
  }
}

TEST_F(Load, TheNameOfTheFileMayComeFromTheEnvironment) {
  environment["WHERE"] = "/secret";
  EXPECT_EQ(properties(good("[[cluster]]\nservers = [\"kafka:9092\"]\n[cluster.librdkafka]\n"
                            "sasl.password_file = \"${WHERE}\"\n"))
                .at("sasl.password"),
            "hunter3");
}

TEST_F(Load, AFileIsNotExpanded) {
  files["/secret"] = "${PASSWORD}\n";
  EXPECT_EQ(properties(good("[[cluster]]\nservers = [\"kafka:9092\"]\n[cluster.librdkafka]\n"
                            "sasl.password_file = \"/secret\"\n"))
                .at("sasl.password"),
            "${PASSWORD}");
}

TEST_F(Load, AFileThatCannotBeReadIsAProblemWithoutItsNameWhichMayBeTheSecret) {
  EXPECT_THAT(
      problems("[[cluster]]\nservers = [\"kafka:9092\"]\n[cluster.librdkafka]\n"
               "sasl.password_file = \"/no/such\"\n"),
      ElementsAre("kie.toml:4:22: sasl.password_file: cannot read the file: No such file or "
                  "directory"));
}

TEST_F(Load, ANumberThatIsTooLargeIsNotRepeated) {
  const auto found = problems(
      "[[cluster]]\nservers = [\"kafka:9092\"]\n[cluster.librdkafka]\n"
      "\"sasl.password\" = 47114711471147114711471147114711\n");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0], AllOf(HasSubstr("kie.toml:4:"), HasSubstr("not representable"),
                              Not(HasSubstr("4711"))));
}

TEST_F(Load, AValueAndAFileForItAreOneTooMany) {
  EXPECT_THAT(
      problems("[[cluster]]\nservers = [\"kafka:9092\"]\n[cluster.librdkafka]\n"
               "sasl.password = \"x\"\nsasl.password_file = \"/secret\"\n"),
      ElementsAre("kie.toml:5:22: sasl.password is given twice; the other one is in line 4"));
}

TEST_F(Load, APropertyThatIsNoScalarIsAProblem) {
  EXPECT_THAT(
      problems("[[cluster]]\nservers = [\"kafka:9092\"]\n[cluster.librdkafka]\n"
               "sasl.username = [\"a\"]\nqueue.buffering.max.ms = 0.5\n"),
      testing::UnorderedElementsAre(
          "kie.toml:4:17: sasl.username must be a string, an integer or a boolean, not an "
          "array",
          "kie.toml:5:26: queue.buffering.max.ms must be a string, an integer or a boolean, "
          "not a float"));
}

TEST_F(Load, WhatLibrdkafkaRefusesIsAProblemAtItsPlace) {
  EXPECT_THAT(problems("[[cluster]]\nservers = [\"kafka:9092\"]\n[cluster.librdkafka]\n"
                       "no.such.property = 1\n"),
              ElementsAre("kie.toml:4:20: librdkafka has no property \"no.such.property\""));
}

TEST_F(Load, NoSecretIsEverInAProblem) {
  load_context.check_property = kafka::check_property;
  files["/secret"] = "hunter3\n";
  files["/pem"] = "-----BEGIN hunter4-----\n";
  const auto texts = problems(R"([[cluster]]
servers = ["kafka:9092"]
[cluster.librdkafka]
sasl.password = "hunter2"
sasl.password_file = "/secret"
sasl.passwrd = "hunter2"
ssl.key.passwrd_file = "/secret"
ssl.certificate.pem_file = "/pem"
ssl.key.pem = "hunter2"
ssl.ca.pem = "hunter2${NO_SUCH}"
ssl.keystore.password = ["hunter2"]
bootstrap.servers = "hunter2"
)");
  EXPECT_THAT(texts, Not(IsEmpty()));
  EXPECT_THAT(texts, Each(Not(HasSubstr("hunter"))));
}

// What applications send.

TEST_F(Load, TakesWhatApplicationsSendWithATokenOrFromAnybody) {
  files["/token"] = "open-sesame\n";
  const std::string cluster = "[[cluster]]\nservers = [\"kafka:9092\"]\n";
  auto config = good("[ingest]\nlisten_address = \":10034\"\ntoken_file = \"/token\"\n" + cluster);
  EXPECT_EQ(config.ingest.listen_address, ":10034");
  EXPECT_EQ(config.ingest.token.reveal(), "open-sesame");
  EXPECT_FALSE(config.ingest.allow_anonymous);
  config = good(
      "[ingest]\nlisten_address = \"unix:/run/kie.sock\"\nallow_anonymous = true\n"
      "max_body = \"1MiB\"\nmax_clients = 7\n" +
      cluster);
  EXPECT_TRUE(config.ingest.allow_anonymous);
  EXPECT_EQ(config.ingest.max_body, 1 << 20);
  EXPECT_EQ(config.ingest.max_clients, 7);
  EXPECT_EQ(good(cluster).ingest.listen_address, "") << "off";
}

TEST_F(Load, ATokenOrAWordThatThereIsNoneIsNeeded) {
  files["/token"] = "open-sesame\n";
  files["/two"] = "open\nsesame\n";
  files["/empty"] = "\n";
  const auto wrong = [&](const std::string& ingest) {
    return problems("[ingest]\n" + ingest + "\n[[cluster]]\nservers = [\"kafka:9092\"]\n");
  };
  EXPECT_THAT(wrong(R"(listen_address = ":10034")"), ElementsAre(HasSubstr("token_file")));
  EXPECT_THAT(wrong("allow_anonymous = true\ntoken_file = \"/token\""),
              ElementsAre(HasSubstr("only one")));
  EXPECT_THAT(wrong("token_file = \"open-sesame\""),
              ElementsAre("kie.toml:2:14: ingest.token_file: cannot read the file: No such file or "
                          "directory"));
  for (const auto* file : {"/two", "/empty"}) {
    const auto said = wrong(std::string("token_file = \"") + file + "\"");
    EXPECT_THAT(said, ElementsAre(AllOf(HasSubstr("one line"), Not(HasSubstr("sesame")),
                                        Not(HasSubstr(file)))));
  }
  EXPECT_THAT(wrong("listen_address = \"unix:\"\nallow_anonymous = true"),
              ElementsAre(HasSubstr("107 bytes")));
  EXPECT_THAT(wrong("listen_address = \"unix:/run/kie:1.sock\"\nallow_anonymous = true"),
              ElementsAre(HasSubstr("no colon")));
  EXPECT_THAT(wrong("listen_address = \"unix:/run/a3rq/sock\"\nallow_anonymous = true"),
              ElementsAre(HasSubstr("digit before")));
  EXPECT_THAT(wrong("listen_address = \"unix:/run/r3/s4.sock\"\nallow_anonymous = true"),
              IsEmpty());
  EXPECT_THAT(wrong("listen_address = \"10034\"\nallow_anonymous = true"), testing::SizeIs(1));
}

// The rules of settings.

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

// This machine.

TEST(RealLoadContext, ReadFilesAndTheEnvironment) {
  const auto real = real_load_context();
  const auto path =
      std::filesystem::path{testing::TempDir()} / ("kie_load_test_" + std::to_string(getpid()));
  std::ofstream{path, std::ios::binary} << "a\r\nb\n" << '\0' << "c";
  const auto content = real.read_file(path.string());
  ASSERT_TRUE(content);
  EXPECT_EQ(*content, std::string("a\r\nb\n\0c", 7));
  std::ofstream{path, std::ios::trunc}.close();
  EXPECT_EQ(real.read_file(path.string()), "");
  std::filesystem::remove(path);

  const auto missing = real.read_file(path.string());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error(), "No such file or directory");
  EXPECT_FALSE(real.read_file("/").has_value()) << "a directory";

  setenv("KIE_LOAD_TEST", "there", 1);
  EXPECT_EQ(real.environment("KIE_LOAD_TEST"), "there");
  unsetenv("KIE_LOAD_TEST");
  EXPECT_EQ(real.environment("KIE_LOAD_TEST"), std::nullopt);
  EXPECT_EQ(real.check_property("anything", Secret{"x"}), std::nullopt);
}

}  // namespace
}  // namespace kie::config
