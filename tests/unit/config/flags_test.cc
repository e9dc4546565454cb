#include "config/flags.h"

namespace kie::config {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;

std::variant<Flags, Exit> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "kafka-isr-exporter");
  return parse_flags(static_cast<int>(arguments.size()), arguments.data(), "the version 1.2.3");
}

Flags flags(std::vector<const char*> arguments) {
  auto parsed = parse(std::move(arguments));
  if (const auto* exit = std::get_if<Exit>(&parsed)) {
    ADD_FAILURE() << exit->text;
    return {};
  }
  return std::get<Flags>(std::move(parsed));
}

Exit exit_of(std::vector<const char*> arguments) {
  auto parsed = parse(std::move(arguments));
  if (std::holds_alternative<Flags>(parsed)) {
    ADD_FAILURE() << "the process would go on";
    return {};
  }
  return std::get<Exit>(std::move(parsed));
}

TEST(ParseFlags, WithoutAnyTheExporterRunsWithDefaults) {
  const auto none = flags({});
  EXPECT_EQ(none.command, Command::kRun);
  EXPECT_THAT(none.config_file, Eq(std::nullopt));
  EXPECT_THAT(none.kafka_servers, IsEmpty());
  EXPECT_THAT(none.listen_addresses, IsEmpty());
  EXPECT_THAT(none.telemetry_path, Eq(std::nullopt));
  EXPECT_THAT(none.history_file, Eq(std::nullopt));
  EXPECT_THAT(none.log_level, Eq(std::nullopt));
  EXPECT_THAT(none.log_format, Eq(std::nullopt));
  EXPECT_FALSE(none.enable_lifecycle);
}

TEST(ParseFlags, TakesThemAllInBothSpellings) {
  for (const auto& all :
       {flags({"--config.file", "c.toml", "--kafka.server", "a:1", "--web.listen-address", ":9",
               "--web.telemetry-path", "/m", "--log.level", "debug", "--log.format", "json",
               "--history.file", "h.db", "--web.enable-lifecycle"}),
        flags({"--config.file=c.toml", "--kafka.server=a:1", "--web.listen-address=:9",
               "--web.telemetry-path=/m", "--log.level=debug", "--log.format=json",
               "--history.file=h.db", "--web.enable-lifecycle"})}) {
    EXPECT_THAT(all.config_file, Optional<std::string>("c.toml"));
    EXPECT_THAT(all.kafka_servers, ElementsAre("a:1"));
    EXPECT_THAT(all.listen_addresses, ElementsAre(":9"));
    EXPECT_THAT(all.telemetry_path, Optional<std::string>("/m"));
    EXPECT_THAT(all.history_file, Optional<std::string>("h.db"));
    EXPECT_THAT(all.log_level, Optional<std::string>("debug"));
    EXPECT_THAT(all.log_format, Optional<std::string>("json"));
    EXPECT_TRUE(all.enable_lifecycle);
  }
}

TEST(ParseFlags, AHistoryInMemoryOnlyIsAnEmptyFile) {
  EXPECT_THAT(flags({"--history.file="}).history_file, Optional<std::string>(""));
  EXPECT_THAT(flags({"--history.file", ""}).history_file, Optional<std::string>(""));
}

TEST(ParseFlags, AServerCanBeGivenSeveralTimes) {
  EXPECT_THAT(flags({"--kafka.server", "a:1", "--kafka.server=b:2"}).kafka_servers,
              ElementsAre("a:1", "b:2"));
}

TEST(ParseFlags, AnAddressToListenOnCanBeGivenSeveralTimes) {
  EXPECT_THAT(
      flags({"--web.listen-address=:1", "--web.listen-address", "[::1]:2"}).listen_addresses,
      ElementsAre(":1", "[::1]:2"));
}

TEST(ParseFlags, WhatFollowsAValueIsNotAnotherOne) {
  const auto lint = flags({"lint", "--kafka.server", "a:1", "producer.properties"});
  EXPECT_THAT(lint.kafka_servers, ElementsAre("a:1"));
  EXPECT_THAT(lint.files, ElementsAre("producer.properties"));
  EXPECT_EQ(exit_of({"--web.listen-address", ":1", ":2"}).code, 2);
}

TEST(ParseFlags, RunIsTheDefaultCommandAndTakesFlagsOnEitherSide) {
  EXPECT_EQ(flags({"run"}).command, Command::kRun);
  EXPECT_THAT(flags({"run", "--kafka.server", "a:1"}).kafka_servers, ElementsAre("a:1"));
  EXPECT_THAT(flags({"--kafka.server", "a:1", "run"}).kafka_servers, ElementsAre("a:1"));
}

TEST(ParseFlags, MetricsIsACommand) { EXPECT_EQ(flags({"metrics"}).command, Command::kMetrics); }

TEST(ParseFlags, CheckIsACommandWithAFormat) {
  EXPECT_EQ(flags({"check"}).command, Command::kCheck);
  EXPECT_FALSE(flags({"check"}).json);
  EXPECT_THAT(flags({"check", "--kafka.server", "a:1"}).kafka_servers, ElementsAre("a:1"));
  EXPECT_TRUE(flags({"check", "--format", "json"}).json);
  EXPECT_FALSE(flags({"check", "--format=text"}).json);
  EXPECT_EQ(exit_of({"check", "--format", "xml"}).code, 2);
  EXPECT_EQ(exit_of({"--format", "json"}).code, 2);
}

TEST(ParseFlags, MayStopIsACommandOfItsOwn) {
  const auto given = flags({"may-stop", "--url", "https://e:1/kafka", "--cluster", "east", "--wait",
                            "1m30s", "--accept", "quorum,offline", "--accept-unwatched", "1", "3"});
  EXPECT_EQ(given.command, Command::kMayStop);
  EXPECT_EQ(given.may_stop.url, "https://e:1/kafka");
  EXPECT_EQ(given.may_stop.cluster, "east");
  EXPECT_EQ(given.may_stop.wait, std::chrono::seconds{90});
  EXPECT_EQ(given.may_stop.accept, "quorum,offline");
  EXPECT_TRUE(given.may_stop.accept_unwatched);
  EXPECT_THAT(given.may_stop.brokers, ElementsAre(1, 3));
  const auto least = flags({"may-stop", "--url=http://e:1", "0"}).may_stop;
  EXPECT_EQ(least.wait, std::chrono::seconds{0});
  EXPECT_THAT(least.accept, IsEmpty());
  EXPECT_FALSE(least.accept_unwatched);
}

TEST(ParseFlags, OfMayStopNothingWrongIsGuessed) {
  const std::vector<std::vector<const char*>> wrong{{"--url", "http://e:1"},
                                                    {"1"},
                                                    {"--url", "e:1", "1"},
                                                    {"--url", "ftp://e:1", "1"},
                                                    {"--url", "http://e:1?a=b", "1"},
                                                    {"--url", "http://e:1", "-1"},
                                                    {"--url", "http://e:1", "one"},
                                                    {"--url", "http://e:1", "--wait", "10", "1"},
                                                    {"--url", "http://e:1", "3000000000"}};
  for (auto arguments : wrong) {
    arguments.insert(arguments.begin(), "may-stop");
    EXPECT_EQ(exit_of(arguments).code, 2) << arguments.back();
  }
  const auto secret = exit_of({"may-stop", "--url", "https://me:hunter2@e:1", "1"});
  EXPECT_EQ(secret.code, 2);
  EXPECT_THAT(secret.text, AllOf(HasSubstr("password"), testing::Not(HasSubstr("hunter"))));
}

TEST(ParseFlags, VersionAndHelpEndWell) {
  const auto version = exit_of({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.text, "the version 1.2.3\n");
  const auto help = exit_of({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const auto* name :
       {"--config.file", "--kafka.server", "--web.listen-address", "--web.telemetry-path",
        "--web.enable-lifecycle", "--history.file", "--log.level", "--log.format", "--version",
        "check", "metrics", "may-stop"})
    EXPECT_THAT(help.text, HasSubstr(name));
  EXPECT_THAT(help.text, EndsWith("\n"));
}

TEST(ParseFlags, WhatIsNotUnderstoodEndsWithTwo) {
  const std::vector<std::vector<const char*>> wrong{
      {"--kafka.sever", "a:1"}, {"--config.file"}, {"check-all"}, {"metrics", "run"}, {"-x"}};
  for (const auto& arguments : wrong) {
    const auto exit = exit_of(arguments);
    EXPECT_EQ(exit.code, 2) << arguments.front();
    EXPECT_THAT(exit.text, AllOf(testing::StrNe(""), EndsWith("\n"))) << arguments.front();
  }
  EXPECT_THAT(exit_of({"--kafka.sever", "a:1"}).text, HasSubstr("--kafka.sever"));
}

// As kafka_exporter has them: the journal must not have the password from our complaint.
TEST(ParseFlags, AFlagThatIsNotKnownIsNamedWithoutItsValue) {
  const auto exit = exit_of({"--sasl.password=hunter2", "--sasl.username", "hunter3"});
  EXPECT_EQ(exit.code, 2);
  EXPECT_THAT(exit.text, AllOf(HasSubstr("--sasl.password"), HasSubstr("--sasl.username"),
                               testing::Not(HasSubstr("hunter"))));
  for (const auto* secret : {"-xhunter2", "-x=hunter2", "--Hunter2", "--hunter!2", "--", "hunter2"})
    EXPECT_THAT(
        exit_of({"--sasl.password", secret}).text,
        AllOf(HasSubstr("no such flag: --sasl.password\n"), testing::Not(HasSubstr("unter"))))
        << secret;
}

TEST(ParseFlags, AFlagThatHasOneValueIsNotGivenTwice) {
  EXPECT_EQ(exit_of({"--log.level", "info", "--log.level", "debug"}).code, 2);
}

}  // namespace
}  // namespace kie::config
