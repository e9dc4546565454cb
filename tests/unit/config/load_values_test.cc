#include "config/load.h"
#include "tests/unit/config/loading.h"

namespace kie::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using test::Load;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

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

}  // namespace
}  // namespace kie::config
