#include "exporter/lint/lint.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace kie::lint {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

LintReport report_of(const std::string& name, std::string_view text,
                     const std::optional<risk::ClientRelease>& client = {}) {
  return {.files = {judge(name, text, client, {})}, .clusters = {}};
}

constexpr std::string_view kGuidesRisky =
    "# from the guide\n"
    "enable.idempotence=true\nacks=all\n"
    "max.in.flight.requests.per.connection=10\nretries=2147483647\n";

TEST(Lint, SaysWhereWhatWhyAndWhatToDo) {
  EXPECT_EQ(report_text(report_of("p.properties", kGuidesRisky)),
            R"(p.properties: read as settings of Java, guessed from the keys (--client sets it)
p.properties:4: critical: in_flight_above_5: max.in.flight.requests.per.connection=10
    Brokers remember the last five batches of a producer: with more on the way a retry counts as a gap, which is OutOfOrderSequenceException. Java does not start with it.
    remedy: max.in.flight.requests.per.connection=5
p.properties:4: critical: client_refuses: max.in.flight.requests.per.connection
    A setting has an invalid value, or conflicts with another setting: the client fails at start. Java does not start: max.in.flight.requests.per.connection must be 5 at most when idempotence is on.
    remedy: max.in.flight.requests.per.connection=5
2 critical, 0 other findings
)");
}

std::string contents(const std::filesystem::path& file) {
  std::ifstream in{file};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// Each FILE of the folder has what is said of it in FILE.out.
TEST(Lint, SaysOfEachExampleWhatItShould) {
  const std::map<std::string, const char*> clients{{"java-switches-off.properties", "java:3.9.2"}};
  int compared = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator{KIE_SOURCE_DIR "/tests/fixtures/lint"}) {
    if (entry.path().extension() == ".out") continue;
    const auto name = entry.path().filename().string();
    const auto client = clients.find(name);
    const auto known = client == clients.end() ? std::nullopt : risk::parse_client(client->second);
    EXPECT_EQ(report_text(report_of(name, contents(entry.path()), known)),
              contents(entry.path().string() + ".out"));
    ++compared;
  }
  EXPECT_GE(compared, 10);
}

TEST(Lint, AsJson) {
  const auto body = json::parse(report_json(report_of("p.properties", "acks=1\nretris=2\n")));
  const auto& file = body.at("files").at(0);
  EXPECT_EQ(file.at("error"), nullptr);
  EXPECT_EQ(file.at("incomplete"), false);
  const auto& producer = file.at("producers").at(0);
  EXPECT_EQ(producer.at("section"), nullptr);
  EXPECT_EQ(producer.at("client"), "Java");
  EXPECT_EQ(producer.at("guessed"), true);
  const auto& first = producer.at("findings").at(0);
  EXPECT_EQ(first.at("rule"), "acks_not_all");
  EXPECT_EQ(first.at("severity"), "critical");
  EXPECT_EQ(first.at("line"), 1);
  EXPECT_EQ(first.at("value"), "1");
  EXPECT_EQ(first.at("remedy"), "acks=all");
  EXPECT_EQ(file.at("skipped").at(0).at("line"), 2);
  EXPECT_THAT(file.at("skipped").at(0).at("text").get<std::string>(), HasSubstr("\"retries\""));
}

TEST(Lint, EndsWithWhatThereIs) {
  EXPECT_EQ(exit_code(report_of("p", "acks=all\n")), 0);
  EXPECT_EQ(exit_code(report_of("p", "acks=1\n")), 1);
  EXPECT_EQ(exit_code(report_of("p.json", "nonsense")), 2);
  EXPECT_EQ(exit_code(report_of("p.json", "{\"acks\": \"all\", }")), 2)
      << "what was not read may be anything";
  auto both = report_of("p", "acks=1\n");
  both.files.push_back({.file = "gone", .error = "No such file", .producers = {}, .skipped = {}});
  EXPECT_EQ(exit_code(both), 2);
  LintReport cluster;
  cluster.clusters.push_back({.name = "east", .error = {}, .found = {}});
  EXPECT_EQ(exit_code(cluster), 0);
  cluster.clusters[0].found.emplace_back();
  EXPECT_EQ(exit_code(cluster), 1);
  cluster.clusters[0].error = "nobody there";
  EXPECT_EQ(exit_code(cluster), 2);
}

TEST(Lint, SaysWhichClientItTakesItFor) {
  EXPECT_THAT(report_text(report_of("p", "message.timeout.ms=60000\nenable.idempotence=true\n")),
              HasSubstr("settings of librdkafka, guessed"));
  const auto told = report_text(report_of("p", "acks=all\n", risk::parse_client("java:2.8.0")));
  EXPECT_THAT(told, HasSubstr("settings of Java 2.8.0\n"));
  EXPECT_THAT(told, HasSubstr("idempotence_off: enable.idempotence=false (the client's default)"));
  EXPECT_THAT(report_text(report_of("a.yml", "spring.kafka.producer.acks: all")),
              HasSubstr("settings of Java, guessed"));
}

TEST(Lint, GuessesTheClientByTheMajorityOfItsKeys) {
  const auto guess = [](std::string_view text) {
    const auto verdict = judge("p", text, {}, {});
    EXPECT_TRUE(verdict.producers.front().is_guess);
    return to_string(verdict.producers.front().client);
  };
  EXPECT_EQ(guess(""), "Java");
  EXPECT_EQ(guess("bootstrap.servers=b:9092\nqueue.buffering.max.messages=1\n"), "librdkafka");
  EXPECT_EQ(guess("debug=all\nmax.block.ms=1\nbuffer.memory=1\n"), "Java");
  EXPECT_EQ(guess("debug=all\nlog_level=7\nmax.block.ms=1\n"), "librdkafka");
  EXPECT_EQ(guess("topic.acks=1\n"), "librdkafka");
  for (const auto* key : {"key.serializer", "value.serializer", "sasl.jaas.config",
                          "ssl.truststore.location", "key.converter", "application.id"})
    EXPECT_EQ(guess(std::string(key) + "=x\ndebug=all\nlog_level=7\n"), "Java");
  EXPECT_EQ(guess("group.id=g\nauto.offset.reset=earliest\nsession.timeout.ms=9\nacks=all\n"),
            "Java")
      << "its consumers have them, too";
  EXPECT_EQ(guess("group.id=g\nstatistics.interval.ms=9\n"), "librdkafka");
}

TEST(Lint, OfLibrdkafkasNamesForOneSettingTheLastCounts) {
  const auto client = risk::parse_client("librdkafka");
  const auto text = report_text(report_of(
      "p", "acks=all\nrequest.required.acks=0\nacks=1\nenable.idempotence=false\n", client));
  EXPECT_THAT(text, HasSubstr("p:3: critical: acks_not_all: acks=1"));
  EXPECT_THAT(text, HasSubstr("p:1: skipped: \"acks\" is given again in line 3, which counts"));
  EXPECT_THAT(text, HasSubstr("p:2: skipped: \"request.required.acks\" is given again in line 3 as "
                              "\"acks\", which counts"));
  EXPECT_THAT(
      report_text(report_of("p", "delivery.timeout.ms=300000\nmessage.timeout.ms=1000\n", client)),
      HasSubstr("p:2: warning: delivery_timeout_short: message.timeout.ms=1000"));
  EXPECT_THAT(report_text(report_of("p", "acks=1\nrequest.required.acks=all\n", client)),
              Not(HasSubstr("acks_not_all")));
  EXPECT_THAT(report_text(report_of("p", "acks=all\nrequest.required.acks=0\n",
                                    risk::parse_client("java"))),
              Not(HasSubstr("given again")))
      << "Java has but one name";
}

TEST(Lint, LibrdkafkaTakesSettingsOfATopic) {
  for (const auto* prefix : {"topic.", "default.topic.config."})
    EXPECT_THAT(report_text(report_of("p", "acks=all\n" + std::string(prefix) + "acks=1\n",
                                      risk::parse_client("librdkafka"))),
                HasSubstr("p:2: critical: acks_not_all: acks=1"));
  EXPECT_THAT(report_text(report_of("p", "topic.blacklist=x\n", risk::parse_client("librdkafka"))),
              Not(HasSubstr("skipped")));
}

TEST(Lint, AnEmptyTransactionalIdIsNoneForLibrdkafka) {
  const auto* const text = "transactional.id= \nmessage.timeout.ms=300000\n";
  EXPECT_THAT(report_text(report_of("p", text, risk::parse_client("librdkafka"))),
              AllOf(HasSubstr("idempotence_off"), Not(HasSubstr("client_refuses"))));
  EXPECT_THAT(report_text(report_of("p.json", R"({"transactional.id": " "})",
                                    risk::parse_client("librdkafka"))),
              Not(HasSubstr("idempotence_off")))
      << "a blank is an id";
}

TEST(Lint, WhatAPlaceholderBecomesIsNotJudged) {
  const auto connect = report_of("connect.properties",
                                 "bootstrap.servers=b:1\nproducer.acks=${env:ACKS}\n"
                                 "producer.retries=3\nproducer.client.id=${env:ID}\n");
  EXPECT_EQ(exit_code(connect), 2) << "it may become anything";
  EXPECT_THAT(report_text(connect),
              AllOf(HasSubstr("connect.properties:2: skipped: \"acks\" comes from a placeholder\n"),
                    HasSubstr("retries_low"), Not(HasSubstr("client_refuses")),
                    Not(HasSubstr("client.id"))));
  const auto other = report_of(
      "p", "enable.idempotence=${IDEMP}\nmessage.timeout.ms=${T:-3}\nqueue.buffering.max.ms=1\n");
  EXPECT_THAT(report_text(other),
              AllOf(HasSubstr("settings of librdkafka"), HasSubstr("p:2: skipped"),
                    HasSubstr("0 critical, 0 other")))
      << "nor is the default that it would have";
  EXPECT_EQ(exit_code(report_of("p", "message.timeout.ms=${T}\nkey.serializer=x\n")), 0)
      << "Java does not see it";
  EXPECT_THAT(report_text(report_of("p", "acks=${ACKS\n")), HasSubstr("client_refuses"));
  for (const auto* text :
       {"transactional.id=orders-${HOSTNAME}\n", "bootstrap.servers=${BROKERS}\n"})
    EXPECT_EQ(exit_code(report_of("p", text)), 0) << "it hangs on no value";
}

TEST(Lint, WhatSpringsPlaceholdersBecomeIsNotJudged) {
  for (const auto* acks : {"${ACKS}", "\"@acks@\"", "${my.acks}\nmy.acks: \"@acks@\""}) {
    const auto report = report_of("a.yml", "spring.kafka.producer.acks: " + std::string(acks));
    EXPECT_EQ(exit_code(report), 2) << acks;
    EXPECT_THAT(report_text(report),
                AllOf(HasSubstr("a.yml:1: skipped: \"spring.kafka.producer.acks\" "
                                "comes from a placeholder"),
                      HasSubstr("0 critical, 0 other")));
  }
  for (const auto* key : {"bootstrap-servers", "producer.transaction-id-prefix"})
    EXPECT_EQ(exit_code(report_of("a.yml", "spring.kafka." + std::string(key) + ": ${X}\n")), 0)
        << "it hangs on no value";
  EXPECT_EQ(exit_code(report_of("a.yml",
                                "spring.kafka:\n  properties.acks: ${ACKS}\n"
                                "  producer.acks: all\n")),
            0)
      << "the other one wins";
  EXPECT_THAT(report_text(report_of("a.yml",
                                    "spring.kafka:\n  producer.acks: ${ACKS}\n"
                                    "  properties.acks: 1\n")),
              HasSubstr("0 critical, 0 other"));
}

TEST(Lint, SpringsRemediesAreSpringsSettings) {
  const auto text = report_text(report_of(
      "a.yml", "spring.kafka.producer:\n  acks: 1\n  properties.enable.idempotence: false\n"));
  EXPECT_THAT(text, HasSubstr("remedy: spring.kafka.producer.acks=all\n"));
  EXPECT_THAT(text, HasSubstr("remedy: spring.kafka.producer.properties.enable.idempotence=true\n"
                              "            spring.kafka.producer.acks=all\n"));
}

TEST(Lint, RemediesStandWhereTheFileHasItsSettings) {
  const auto remedies = [](const std::string& name, std::string_view text) {
    std::string all;
    const auto verdict = judge(name, text, {}, {});
    for (const auto& [finding, line] : verdict.producers.front().found)
      for (const auto& [key, value] : finding.wanted) all += key + "=" + value + " ";
    return all;
  };
  EXPECT_EQ(remedies("p", "acks=1\n"), "acks=all acks=all ");
  EXPECT_EQ(remedies("p", "producer.acks=1\nproducer.enable.idempotence=false\n"),
            "producer.acks=all producer.enable.idempotence=true producer.acks=all ");
  EXPECT_EQ(remedies("p", "producer.override.enable.idempotence=false\n"),
            "producer.override.enable.idempotence=true ");
  EXPECT_EQ(remedies("p.yml", "kafka.producers.default: {acks: 1, enable.idempotence: false}\n"),
            "kafka.producers.default.acks=all kafka.producers.default.enable.idempotence=true "
            "kafka.producers.default.acks=all ");
  EXPECT_EQ(remedies("p.json", R"({"rdkafka": {"socket.timeout.ms": 1000,
                                   "default.topic.config": {"acks": 1}}})"),
            "rdkafka.enable.idempotence=true rdkafka.default.topic.config.acks=all "
            "rdkafka.default.topic.config.acks=all ");
}

TEST(Lint, KafkaConnectHasDefaultsOfItsOwn) {
  const auto* const worker = "bootstrap.servers=b:9092\nkey.converter=x\n";
  for (const auto* rest : {"", "producer.linger.ms=5\n"}) {
    const auto text = report_text(report_of("p", std::string(worker) + rest));
    EXPECT_THAT(text,
                HasSubstr("p: read as settings of Java, on Kafka Connect's defaults, guessed"));
    EXPECT_THAT(text, HasSubstr("p: warning: idempotence_off: enable.idempotence=false (Kafka "
                                "Connect's default)\n"));
    EXPECT_THAT(text, HasSubstr("remedy: producer.enable.idempotence=true\n"));
    EXPECT_THAT(text, HasSubstr("0 critical, 1 other finding\n"));
  }
  const auto risky = report_text(report_of("p", std::string(worker) + "producer.acks=1\n"));
  EXPECT_THAT(risky, HasSubstr("p:3: critical: acks_not_all: acks=1\n"));
  EXPECT_THAT(risky, HasSubstr("remedy: producer.enable.idempotence=true\n"
                               "            producer.acks=all\n"));
  EXPECT_THAT(risky, Not(HasSubstr("switches it off")));
  EXPECT_THAT(report_text(report_of("p.json", R"({"name": "c", "config": {"connector.class": "x",
                                                  "producer.override.acks": "all"}})")),
              AllOf(HasSubstr("on Kafka Connect's defaults"),
                    HasSubstr("remedy: config.producer.override.enable.idempotence=true\n")));
  EXPECT_THAT(report_text(report_of("p", "producer.override.linger.ms=5\n")),
              HasSubstr("on Kafka Connect's defaults"));
  const auto on = std::string(worker) + "producer.enable.idempotence=true\n";
  EXPECT_EQ(exit_code(report_of("p", on)), 0);
  EXPECT_EQ(json::parse(report_json(report_of("p", on)))
                .at("files")
                .at(0)
                .at("producers")
                .at(0)
                .at("kafka_connect"),
            true);
  EXPECT_EQ(
      exit_code(report_of("p", std::string(worker) + "exactly.once.source.support=enabled\n")), 0)
      << "it has idempotence switched on";
}

TEST(Lint, KafkaConnectsDefaultsAreForItsProducersOnly) {
  const auto* const text =
      "connector.class=x\nschema.history.internal.producer.security.protocol=SSL\n";
  EXPECT_THAT(report_text(report_of("p", text)), Not(HasSubstr("Kafka Connect")));
  EXPECT_THAT(report_text(report_of("p", "producer.linger.ms=5\nconsumer.group.id=g\n")),
              Not(HasSubstr("Kafka Connect")));
  EXPECT_THAT(report_text(report_of("p", "\\u001b[31m.key.converter=x\nbootstrap.servers=b\n")),
              Not(HasSubstr("\x1b")));
  EXPECT_THAT(report_text(report_of("p", "app.plugin.path=x\nkafka.acks=1\n")),
              AllOf(HasSubstr("acks_not_all"), Not(HasSubstr("Kafka Connect"))));
}

TEST(Lint, SeveralProducersOfAFileAreToldApart) {
  const auto report = report_of("p", "a.producer.acks=1\nb.producer.acks=all\n");
  EXPECT_THAT(report_text(report),
              AllOf(HasSubstr(", below a.producer\n"), HasSubstr(", below b.producer\n")));
  EXPECT_EQ(json::parse(report_json(report)).at("files").at(0).at("producers").at(1).at("section"),
            "b.producer");
}

TEST(Lint, ASettingOfTheOtherClientIsNamed) {
  const auto text = report_text(report_of("p", "message.timeout.ms=1\nenable.idempotence=true\n",
                                          risk::parse_client("java")));
  EXPECT_THAT(text, HasSubstr("p:1: skipped: \"message.timeout.ms\" is a setting of librdkafka"));
  EXPECT_THAT(text, Not(HasSubstr("delivery_timeout_short"))) << "Java does not see it";
  EXPECT_THAT(report_text(report_of("p", "acks=all\ngroup.id=g\nkey.deserializer=x\n")),
              AllOf(HasSubstr("p:2: skipped: \"group.id\" is a setting of Java's other clients"),
                    HasSubstr("p:3: skipped: \"key.deserializer\" is a setting of Java's other")));
}

TEST(Lint, NoValueIsShownButThoseOfRules) {
  const auto text = report_text(report_of("p",
                                          "sasl.jaas.config=hunter2\nacks=hunter3\n"
                                          "ssl.key.password=hunter4\nhunter5\nx y=hunter6\n"));
  EXPECT_THAT(text, Not(HasSubstr("hunter2")));
  EXPECT_THAT(text, Not(HasSubstr("hunter3")));
  EXPECT_THAT(text, Not(HasSubstr("hunter4")));
  EXPECT_THAT(text, Not(HasSubstr("hunter5"))) << "it may be the rest of a secret";
  EXPECT_THAT(text, Not(HasSubstr("hunter6")));
  EXPECT_THAT(text, HasSubstr("p:2: critical: client_refuses: acks\n"));
}

TEST(Lint, KeysNeitherForgeLinesNorCommandTheTerminal) {
  const auto of_json =
      report_text(report_of("p\n.json", R"({"acks": "all", "a\u001b[2J\nb\u009bc": []})"));
  EXPECT_THAT(of_json,
              HasSubstr("p?.json:1: skipped: \"a?[2J?b?c\" is an array, and no setting\n"));
  const auto of_spring = report_text(report_of("a.yml",
                                               R"("spring.kafka.producer.a\e[2J\nb": 1
"spring.kafka.producer.properties.c\rd": ${X}
"e\e]0;f\ng.acks": 1
)"));
  EXPECT_THAT(of_spring,
              AllOf(HasSubstr("a.yml:1: skipped: spring.kafka.producer has no \"a?[2J?b\"; "),
                    HasSubstr("a.yml:2: skipped: \"spring.kafka.producer.properties.c?d\" comes"),
                    HasSubstr("a.yml:3: skipped: \"e?]0;f?g.acks\" is not of Spring Boot's own")));
  for (const auto& text : {of_json, of_spring})
    EXPECT_TRUE(std::ranges::all_of(text, [](char c) {
      return c == '\n' || static_cast<unsigned char>(c) >= ' ';
    })) << text;
}

TEST(Lint, TheTableOfRulesHasEachRule) {
  const auto table = rules_table();
  for (const auto& rule : risk::rules())
    EXPECT_THAT(table, HasSubstr("| `" + std::string(rule.id) + "` |"));
  EXPECT_THAT(table, HasSubstr("| warning, critical |"));
}

TEST(Lint, FindingsOfTopicsHaveTheirCommands) {
  LintReport report;
  auto& cluster = report.clusters.emplace_back();
  cluster.name = "east";
  auto& found = cluster.found.emplace_back();
  found.finding.rule = risk::RuleId::kMinIsr1;
  found.finding.severity = risk::Severity::kWarning;
  found.finding.name = "orders";
  found.finding.setting = "min.insync.replicas";
  found.finding.value = "1";
  found.finding.origin = "topic";
  found.remedy = "Set it.";
  found.commands = {"kafka-configs ..."};
  EXPECT_THAT(report_text(report),
              HasSubstr("cluster east, topic orders: warning: min_isr_1: min.insync.replicas=1 "
                        "(topic)\n"));
  EXPECT_THAT(report_text(report), HasSubstr("remedy: Set it.\n      kafka-configs ...\n"));
}

}  // namespace
}  // namespace kie::lint
