#include "collectors/kafka/client.h"
#include "config/load.h"
#include "tests/unit/config/loading.h"

namespace kie::config {
namespace {

using test::Load;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

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

}  // namespace
}  // namespace kie::config
