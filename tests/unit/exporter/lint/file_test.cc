#include "exporter/lint/file.h"

#include "exporter/lint/known_keys.h"
#include "exporter/lint/spring.h"

namespace kie::lint {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

File good(std::string_view name, std::string_view text) {
  auto file = read(name, text);
  if (file) return std::move(*file);
  ADD_FAILURE() << file.error();
  return {};
}

/// "LINE KEY=VALUE" of one producer.
std::vector<std::string> settings(const ProducerSettings& producer) {
  std::vector<std::string> lines;
  for (const auto& [key, value, line, prefix] : producer.settings)
    lines.push_back(std::to_string(line).append(" ").append(key).append("=").append(value));
  return lines;
}

std::vector<std::string> settings(std::string_view name, std::string_view text) {
  const auto file = good(name, text);
  EXPECT_THAT(file.producers, SizeIs(1));
  return file.producers.empty() ? std::vector<std::string>{} : settings(file.producers.front());
}

/// "LINE TEXT"; "- TEXT" if it is about no line.
std::vector<std::string> skipped(std::string_view name, std::string_view text) {
  std::vector<std::string> lines;
  for (const auto& [line, what] : good(name, text).skipped)
    lines.push_back((line ? std::to_string(*line) : "-").append(" ").append(what));
  return lines;
}

TEST(Properties, AreReadAsJavaDoes) {
  EXPECT_THAT(settings("a.properties",
                       "# comment\n"
                       "! another = one\n"
                       "\n"
                       "  acks = all \n"
                       "retries:5\n"
                       "linger.ms 7\n"
                       "client.id\n"
                       "a\\ b=x\\=y\n"),
              ElementsAre("4 acks=all ", "5 retries=5", "6 linger.ms=7", "7 client.id="));
  EXPECT_THAT(settings("a", "acks=\\\n   al\\\n\t l\nretries=1"),
              ElementsAre("1 acks=all", "4 retries=1"))
      << "a line goes on after a backslash";
  EXPECT_THAT(settings("a", "client.id=a\\\\\nacks=1"), ElementsAre("1 client.id=a\\", "2 acks=1"));
  EXPECT_THAT(settings("a", "acks=1\r\nretries=2\rlinger.ms=3\n"),
              ElementsAre("1 acks=1", "2 retries=2", "3 linger.ms=3"));
  EXPECT_THAT(settings("a", "client.id=\\u00e4\\t\\n\\u20AC"),
              ElementsAre("1 client.id=\xC3\xA4\t\n\xE2\x82\xAC"));
  EXPECT_THAT(settings("a",
                       "\xEF\xBB\xBF"
                       "acks=1"),
              ElementsAre("1 acks=1"))
      << "BOM";
  EXPECT_THAT(settings("a", ""), IsEmpty());
  EXPECT_THAT(settings("a", "acks=\\"), ElementsAre("1 acks="));
}

TEST(Properties, WhatIsWrongIsNamedAndPassedOver) {
  EXPECT_THAT(settings("a", "x=\\u12\nacks=1"), ElementsAre("2 acks=1"));
  EXPECT_THAT(skipped("a", "x=\\u12\nacks=1"), ElementsAre(HasSubstr("1 a \\u")));
  EXPECT_THAT(skipped("a", "<xml>secret</xml>\nacks=1"),
              ElementsAre(AllOf(HasSubstr("1 "), Not(HasSubstr("secret")))));
  EXPECT_THAT(settings("a", "acks=1\nacks=all"), ElementsAre("2 acks=all"));
  EXPECT_THAT(skipped("a", "acks=1\nacks=all"), ElementsAre(HasSubstr("again in line 2")));
}

TEST(Properties, OfSeveralClientsAreTheProducers) {
  EXPECT_THAT(settings("connect.properties", "acks=0\nproducer.acks=1\nconsumer.group.id=g\n"),
              ElementsAre("2 acks=1"));
}

TEST(Properties, APrefixIsOneOnlyBeforeWhatAClientKnows) {
  const auto* const text = "producer.topic=orders\nacks=1\nenable.idempotence=false";
  EXPECT_THAT(settings("a.properties", text),
              ElementsAre("1 producer.topic=orders", "2 acks=1", "3 enable.idempotence=false"));
  EXPECT_THAT(skipped("a.properties", text), IsEmpty());
  EXPECT_THAT(settings("a", "kafka.producer.acks=1\nkafka.producer.enable.idempotance=true\n"),
              ElementsAre("1 acks=1", "2 enable.idempotance=true"))
      << "a mistyped one is behind it, too";
  EXPECT_THAT(settings("a", "producer.override.acks=1\n"), ElementsAre("1 acks=1"));
  EXPECT_THAT(settings("a", "x.retries=1\nacks=all\n"), ElementsAre("1 x.retries=1", "2 acks=all"));
}

TEST(Properties, WhatAPrefixLeavesOutIsNamed) {
  const auto* const text =
      "producer.acks=all\nacks=hunter2\nplugin.path=/x\nconsumer.client.id=c\ngroup.id=g\n";
  EXPECT_THAT(skipped("a", text),
              ElementsAre(AllOf(HasSubstr("2 \"acks\" does not stand below \"producer\""),
                                HasSubstr("; for it to be read,"), Not(HasSubstr("hunter2"))),
                          "5 \"group.id\" does not stand below \"producer\", where the producer's "
                          "settings are"));
}

TEST(Properties, AProducerThatIsNotReadLeavesTheFileIncomplete) {
  for (const auto* text :
       {"producer.linger.ms=5\norders.acks=0\n", "acks=all\norders.acks=0\n",
        "producer.linger.ms=5\nacks=0\n", "a.producer.acks=all\na.producer.audit.acks=0\n",
        R"({"orderProducer": {"acks": "all"},
                               "auditWriter": {"acks": "0"}})"}) {
    EXPECT_TRUE(good("a", text).is_incomplete) << text;
    EXPECT_THAT(skipped("a", text),
                ElementsAre(AllOf(HasSubstr("2 \""), HasSubstr("acks\" does not "
                                                               "stand "))))
        << text;
  }
  for (const auto* text : {"producer.acks=all\nbootstrap.servers=b\norders.bootstrap.servers=b\n",
                           "producer.acks=all\nconsumer.acks=0\n", "acks=all\nhttp.retries=0\n"})
    EXPECT_FALSE(good("a", text).is_incomplete) << text;
  EXPECT_THAT(good("mm2.properties", "A->B.producer.acks=1\nB.producer.acks=1\n").producers,
              SizeIs(2));
}

TEST(Properties, SeveralProducersAreToldApart) {
  const auto file =
      good("a", "orders.producer.acks=1\naudit.producer.acks=0\norders.producer.retries=3\n");
  ASSERT_THAT(file.producers, SizeIs(2));
  EXPECT_EQ(file.producers[0].section, "orders.producer");
  EXPECT_THAT(settings(file.producers[0]), ElementsAre("1 acks=1", "3 retries=3"));
  EXPECT_EQ(file.producers[1].section, "audit.producer");
  EXPECT_THAT(settings(file.producers[1]), ElementsAre("2 acks=0"));
  std::string many;
  for (int i = 0; i < 101; ++i) many += "p" + std::to_string(i) + ".producer.acks=1\n";
  EXPECT_THAT(good("a", many).producers, SizeIs(100));
  EXPECT_TRUE(good("a", many).is_incomplete);
}

TEST(Read, RefusesWhatIsNoText) {
  EXPECT_FALSE(read("a", std::string_view("acks=1\0", 7)));
  EXPECT_FALSE(read("a.json", "{\"acks\": \"\xFF\"}"));
  EXPECT_FALSE(read("a", std::string((1 << 20) + 1, ' ')));
  EXPECT_TRUE(read("a", std::string(1 << 20, 'a')));
  EXPECT_TRUE(read("a", "# \xE4\nacks=1")) << "Java's own encoding is Latin-1";
}

TEST(Read, AFileWithoutAProducersSettingIsNotRead) {
  for (const auto* text :
       {"", "# nothing\n", "{}", "server.port=80\n", "group.id=g\nauto.offset.reset=latest\n",
        R"({"debug": true, "Kafka": {"Acks": "Leader"}})", R"({"producers": [{"acks": "0"}]})",
        "connector.class=x\ntopics=t\n"}) {
    EXPECT_TRUE(good("a", text).is_incomplete) << text;
    EXPECT_THAT(skipped("a", text),
                testing::Contains(HasSubstr("- the file has no producer setting")))
        << text;
  }
  for (const auto* text : {"bootstrap.servers=b:9092\n", "retries=1\n", "topic.acks=1\n",
                           "key.converter=x\n", "statistics.interval.ms=1\n"})
    EXPECT_FALSE(good("a", text).is_incomplete) << text;
}

TEST(Read, ManySettingsHaveAnEnd) {
  std::string text;
  for (int i = 0; i < 10'001; ++i) text += "k" + std::to_string(i) + "=1\n";
  EXPECT_THAT(settings("a", text), SizeIs(10'000));
  EXPECT_THAT(skipped("a", text), ElementsAre(HasSubstr("10001 there are too many")));
  EXPECT_TRUE(good("a", text).is_incomplete);
}

TEST(Read, TooManySettingsAreSaidInEachFormat) {
  std::string json = "{\"acks\": \"1\"";
  std::string yaml = "acks: 1\n";
  for (int i = 1; i < 10'000; ++i) {
    json += ",\n\"k" + std::to_string(i) + "\": 1";
    yaml += "k" + std::to_string(i) + ": 1\n";
  }
  EXPECT_FALSE(good("a.json", json + "}").is_incomplete);
  EXPECT_FALSE(good("a.yml", yaml).is_incomplete);
  json += ",\n\"x\": 1,\n\"y\": 1}";
  yaml += "x: 1\ny: 1\n";
  for (const auto& [name, text] : {std::pair{"a.json", json}, std::pair{"a.yml", yaml}}) {
    EXPECT_TRUE(good(name, text).is_incomplete);
    EXPECT_THAT(skipped(name, text), ElementsAre(HasSubstr("10001 there are too many"))) << name;
    EXPECT_THAT(settings(name, text), SizeIs(10'000));
  }
}

TEST(Json, IsAFlatObjectWithLines) {
  EXPECT_THAT(settings("a.json",
                       "{\n \"acks\": \"all\",\n \"retries\": 5,\n\n"
                       " \"enable.idempotence\": true}"),
              ElementsAre("2 acks=all", "3 retries=5", "5 enable.idempotence=true"));
  EXPECT_THAT(settings("a.json", R"({"producer": {"acks": "1"}, "consumer": {"group.id": "g"}})"),
              ElementsAre("1 acks=1"));
  EXPECT_THAT(settings("a.json", R"({"kafka": {"producer": {"acks": "1"}}})"),
              ElementsAre("1 acks=1"));
  EXPECT_THAT(skipped("a.json", "{\"acks\": null,\n\"a\": [\"secret\"], \"linger.ms\": 1}"),
              ElementsAre(HasSubstr("1 \"acks\" is null"),
                          AllOf(HasSubstr("2 \"a\" is an array"), Not(HasSubstr("secret")))));
}

TEST(Json, IsKnownByItsNameOrItsBrace) {
  const auto* const text = "\n {\"acks\": \"1\"}";
  for (const auto* name : {"a.json", "a.JSON", "a.conf", "a"})
    EXPECT_THAT(settings(name, text), ElementsAre("2 acks=1")) << name;
}

TEST(Json, SettingsAreFoundAtAnyDepth) {
  EXPECT_THAT(settings("a.json", R"({"debug": true, "kafka": {"acks": "1", "ax.ks": 1}})"),
              ElementsAre("1 acks=1", "1 ax.ks=1"));
  EXPECT_THAT(settings("a.json", R"({"app": {"kafka": {"producer": {"acks": "1"}}},
                                     "kafka": {"acks": "0"}})"),
              ElementsAre("1 acks=1"));
  EXPECT_THAT(settings("a.json", R"({"producer": {"client.id": "x", "config": {"acks": "1"}}})"),
              ElementsAre("1 client.id=x", "1 acks=1"));
  EXPECT_THAT(settings("a.json", R"({"http": {"retries": 3}, "kafka": {"acks": 1},
                                     "kafkaConsumer": {"bootstrap.servers": "x"}})"),
              ElementsAre("1 acks=1"));
}

TEST(Json, AfterAnErrorWhatCameBeforeIsKept) {
  for (const auto* text : {"{\"acks\": \"1\", \"x\": nonsense}", "{\"acks\": \"1\"} {}"}) {
    EXPECT_TRUE(good("a.json", text).is_incomplete) << text;
    EXPECT_THAT(settings("a.json", text), ElementsAre("1 acks=1"));
    EXPECT_THAT(skipped("a.json", text), ElementsAre(HasSubstr("from here on it is not read")));
  }
  EXPECT_FALSE(good("a.json", "{\"acks\": \"1\"}\n").is_incomplete);
  EXPECT_THAT(settings("a.json", "{\"acks\": \"1\",\n\"retries\": nonsense}"),
              ElementsAre("1 acks=1"));
  EXPECT_THAT(skipped("a.json", "{\"acks\": \"1\",\n\"retries\": nonsense}"), SizeIs(1));
  for (const auto* text : {"", "[]", "{", "nonsense", "{\"acks\" 1}", "\"acks\""})
    EXPECT_FALSE(read("a.json", text)) << text;
  EXPECT_TRUE(read("a.json", "{}"));
}

TEST(Json, DeepNestingHasAnEnd) {
  std::string deep;
  for (int i = 0; i < 900; ++i) deep += "{\"a\":";
  EXPECT_THAT(skipped("a.json", "{\"acks\":\"1\",\"x\":" + deep + "1" + std::string(901, '}')),
              testing::Contains(HasSubstr("too deeply")));
  static_cast<void>(read("a.json", std::string(100'000, '[')));
  static_cast<void>(read("a.json", "{\"a\":" + std::string(100'000, '{')));
}

TEST(Yaml, IsReadAsMaps) {
  EXPECT_THAT(settings("a.yml", "acks: all\nenable:\n  idempotence: true\n"),
              ElementsAre("1 acks=all", "3 enable.idempotence=true"));
  EXPECT_THAT(settings("a.yaml", "kafka:\n  producer:\n    acks: 1\n  consumer:\n    x: 2\n"),
              ElementsAre("3 acks=1"));
  EXPECT_FALSE(read("a.yml", "acks: [1\nb: }"));
  EXPECT_THAT(skipped("a.yml", "just words"), ElementsAre(HasSubstr("not a map")));
  EXPECT_TRUE(good("a.yml", "just words").is_incomplete);
}

TEST(Yaml, SequencesAreNumbered) {
  EXPECT_THAT(settings("a.yml", "a: [x, {b: y}]\nc:\n- - z\n"),
              ElementsAre("1 a[0]=x", "1 a[1].b=y", "3 c[0][0]=z"));
}

TEST(Yaml, PlainWordsAreBooleans) {
  EXPECT_THAT(settings("a.yml", "a: off\nb: \"off\"\nc: Yes\nd: TRUE\ne: no\nf: 'on'\ng: offer\n"),
              ElementsAre("1 a=false", "2 b=off", "3 c=true", "4 d=true", "5 e=false", "6 f=on",
                          "7 g=offer"));
}

TEST(Yaml, PlainIntegersAreNumbers) {
  const auto value = [](const std::string& text) {
    return settings("a.yml", "acks: " + text).front().substr(std::string_view("1 acks=").size());
  };
  for (const auto* text : {"1000", "+1000", "1_000", "0x3E8", "0x3_e8", "01750", "0b11_1110_1000"})
    EXPECT_EQ(value(text), "1000") << text;
  EXPECT_EQ(value("-1_0"), "-10");
  EXPECT_EQ(value("-0x10"), "-16");
  EXPECT_EQ(value("0"), "0");
  EXPECT_EQ(value("2_147_483_647"), "2147483647");
  for (const auto* text :
       {"08", "0x", "0xg", "_1", "1_000ms", "--1", "0x-1", "+", "all", "99999999999999999999999"})
    EXPECT_EQ(value(text), text);
  EXPECT_EQ(value("'1_000'"), "1_000");
  EXPECT_EQ(value("\"0x10\""), "0x10");
}

TEST(Yaml, MergedKeysGiveWayToTheMapsOwn) {
  EXPECT_THAT(settings("a.yml", "producer:\n  acks: all\n  <<: {acks: 1, retries: 0}\n"),
              ElementsAre("3 retries=0", "2 acks=all"));
  EXPECT_THAT(settings("a.yml",
                       "x: &x\n  acks: 1\ny: &y\n  acks: 0\n  linger.ms: 3\n"
                       "producer:\n  <<: [*x, *y]\n"),
              ElementsAre("2 acks=1", "5 linger.ms=3"))
      << "the first of several counts";
  EXPECT_THAT(settings("a.yml", "x: &x {<<: {acks: 1}}\nproducer:\n  <<: *x\n"),
              ElementsAre("1 acks=1"));
  EXPECT_THAT(settings("a.yml", "\"<<\": {acks: 1}\n"), IsEmpty()) << "in quotes it is a name";
  static_cast<void>(read("a.yml", "a: &a\n  <<: [*a, *a, *a]\n  b: 1\n"));
}

TEST(Yaml, HostileOnesHaveAnEnd) {
  std::string bomb = "a: &a {x: 1, y: 2, z: 3}\n";
  for (char c = 'b'; c <= 'p'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    bomb += std::string(1, c) + ": &" + c + " {x: *" + before + ", y: *" + before + ", z: *" +
            before + "}\n";
  }
  EXPECT_THAT(skipped("a.yml", bomb), testing::Contains(HasSubstr("too many settings")));
  static_cast<void>(read("a.yml", "a: &a\n  b: *a\n"));
  static_cast<void>(read("a.yml", std::string(100'000, '[')));
  static_cast<void>(read("a.yml", std::string(100'000, '{')));
  std::string steps;
  for (int i = 0; i < 600; ++i) steps += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  static_cast<void>(read("a.yml", steps));
}

TEST(Spring, FieldsAreKafkasSettings) {
  const auto file = good("application.yml", R"(spring:
  application: {name: shop}
  kafka:
    bootstrap-servers: kafka:9092
    properties:
      linger.ms: 1
    producer:
      acks: 1
      batchSize: 16KB
      transaction_id_prefix: tx-
      properties:
        "[enable.idempotence]": true
        linger: {ms: 5}
    consumer:
      group-id: g
)");
  EXPECT_TRUE(file.is_spring);
  ASSERT_THAT(file.producers, SizeIs(1));
  EXPECT_THAT(
      settings(file.producers.front()),
      ElementsAre("4 bootstrap.servers=kafka:9092", "8 acks=1", "9 batch.size=16KB",
                  "10 transactional.id=tx-0", "12 enable.idempotence=true", "13 linger.ms=5"));
  EXPECT_THAT(file.skipped, IsEmpty());
}

TEST(Spring, ProducersPropertiesWinOverItsFieldsAndThoseOverCommonOnes) {
  EXPECT_THAT(settings("application.properties",
                       "spring.kafka.producer.properties.acks=0\n"
                       "spring.kafka.producer.acks=1\n"
                       "spring.kafka.properties.acks=all\n"
                       "server.port=8080\n"),
              ElementsAre("1 acks=0"));
  EXPECT_THAT(settings("application.properties",
                       "SPRING.KAFKA.producer.acks=1\n"
                       "spring.kafka.properties.acks=all\n"),
              ElementsAre("1 acks=1"));
}

TEST(Spring, EachProfileIsAProducer) {
  const auto file = good("application.yml",
                         "spring.kafka.producer.acks: all\n---\n"
                         "spring.config.activate.on-profile: test\n"
                         "spring.kafka.producer.acks: 0\n---\n"
                         "spring.config.activate.on-profile: web\nserver.port: 1\n");
  ASSERT_THAT(file.producers, SizeIs(2));
  EXPECT_EQ(file.producers[0].profile, "");
  EXPECT_THAT(settings(file.producers[0]), ElementsAre("1 acks=all"));
  EXPECT_EQ(file.producers[1].profile, "test");
  EXPECT_THAT(settings(file.producers[1]), ElementsAre("4 acks=0"));
  const auto lines =
      good("application.properties",
           "spring.kafka.producer.acks=all\n#---\n"
           "spring.config.activate.on-profile=test\nspring.kafka.producer.retries=1\n");
  ASSERT_THAT(lines.producers, SizeIs(2));
  EXPECT_THAT(settings(lines.producers[1]), ElementsAre("1 acks=all", "4 retries=1"));
}

std::vector<std::string> profiles(const File& file) {
  std::vector<std::string> names;
  for (const auto& producer : file.producers) names.push_back(producer.profile);
  return names;
}

TEST(Spring, SeveralProfilesOfADocumentAreEachAProducer) {
  for (const auto* condition :
       {"spring.config.activate.on-profile: [dev, test]\n",
        "spring.config.activate.on-profile: dev,test\n", "spring.profiles: dev | test\n",
        "spring: {config: {activate: {onProfile: [dev, test]}}}\n"}) {
    const auto file = good("a.yml", std::string("spring.kafka.producer.acks: 1\n---\n") +
                                        condition + "spring.kafka.producer.acks: all\n");
    ASSERT_THAT(profiles(file), ElementsAre("", "dev", "test")) << condition;
    EXPECT_THAT(settings(file.producers[0]), ElementsAre("1 acks=1")) << condition;
    EXPECT_THAT(settings(file.producers[2]), ElementsAre("4 acks=all")) << condition;
  }
  const auto lines = good("a.properties",
                          "spring.kafka.producer.acks=1\n#---\n"
                          "spring.config.activate.on-profile[0]=dev\n"
                          "spring.config.activate.on-profile[1]=test\n"
                          "spring.kafka.producer.acks=all\n");
  EXPECT_THAT(profiles(lines), ElementsAre("", "dev", "test"));
  EXPECT_THAT(settings(lines.producers[0]), ElementsAre("1 acks=1"));
}

TEST(Spring, PropertiesAreSeparatedWhereSpringDoesIt) {
  const auto of_all_profiles = [](const std::string& separator) {
    const auto file = good("a.properties", "spring.kafka.producer.acks=0\n" + separator +
                                               "spring.config.activate.on-profile=dev\n"
                                               "spring.kafka.producer.acks=all\n");
    return settings(file.producers.front());
  };
  for (const auto* separator : {"#---\n", "!---\n", "#--- \t\f\n", "#---\r\n", "#---\n\n",
                                "#---\n#---\n", "! c\n#---\n", "# c\n\n#---\n", "# c\n!---\n"})
    EXPECT_THAT(of_all_profiles(separator), ElementsAre("1 acks=0")) << separator;
  for (const auto* separator : {" #---\n", "#----\n", "#--- x\n", "# ---\n", "# c\n#---\n",
                                "#---\n# c\n", "#---\n! c\n", "#---\n\n # c\n", "!---\n! c\n\n"})
    EXPECT_THAT(of_all_profiles(separator), IsEmpty()) << separator;
  EXPECT_THAT(settings("a.properties", "#---\n# c\nspring.kafka.producer.acks=1\n"),
              ElementsAre("3 acks=1"));
}

TEST(Spring, LaterDocumentsWinWhateverTheirProfile) {
  const auto file = good("a.yml",
                         "spring.config.activate.on-profile: prod\n"
                         "spring.kafka.producer: {acks: 0, retries: 1}\n---\n"
                         "spring.kafka.producer.acks: all\n---\n"
                         "spring.config.activate.on-profile: prod\n"
                         "spring.kafka.producer.batch-size: 5\n");
  ASSERT_THAT(profiles(file), ElementsAre("", "prod"));
  EXPECT_THAT(settings(file.producers[0]), ElementsAre("4 acks=all"));
  EXPECT_THAT(settings(file.producers[1]),
              ElementsAre("2 retries=1", "4 acks=all", "7 batch.size=5"));
}

TEST(Spring, ConditionsOfSeveralPartsHoldWhereAllOfThemDo) {
  const auto file =
      good("a.yml",
           "spring.kafka.producer.acks: all\n---\n"
           "spring.config.activate: {on-profile: prod, on-cloud-platform: kubernetes}\n"
           "spring.kafka.producer.retries: 1\n---\n"
           "spring.config.activate.on-profile: \"!dev\"\n"
           "spring.kafka.producer.batch-size: 2\n---\n"
           "spring.config.activate.on-profile: dev & eu\n"
           "spring.kafka.producer.retries: 3\n---\n"
           "spring.config.activate.on-profile: (a | b) & c\n"
           "spring.kafka.producer.retries: 4\n---\n"
           "spring.config.activate.on-cloud-platform: kubernetes\n"
           "spring.kafka.producer.buffer-memory: 5\n");
  ASSERT_THAT(profiles(file), ElementsAre("", "on kubernetes & prod", "!dev", "dev & eu",
                                          "(a | b) & c", "on kubernetes"));
  EXPECT_THAT(settings(file.producers[0]), ElementsAre("1 acks=all"));
  EXPECT_THAT(settings(file.producers[1]),
              ElementsAre("1 acks=all", "4 retries=1", "7 batch.size=2", "16 buffer.memory=5"));
  EXPECT_THAT(settings(file.producers[3]), ElementsAre("1 acks=all", "10 retries=3"));
}

TEST(Spring, AProfilesNameMakesNoMess) {
  EXPECT_THAT(profiles(good("a.properties",
                            "spring.config.activate.on-profile=\\u001b[31mred\\nx\n"
                            "spring.kafka.producer.acks=1\n")),
              ElementsAre("", "?[31mred?x"));
  EXPECT_THAT(profiles(good("a.yml",
                            "spring.config.activate.on-profile: \"&\"\n"
                            "spring.kafka.producer.acks: 1\n")),
              ElementsAre("", "&"));
}

TEST(Spring, ManyProfilesHaveAnEnd) {
  std::string text = "spring.kafka.producer.acks: 1\n";
  for (int i = 0; i < 101; ++i)
    text += "---\nspring.profiles: p" + std::to_string(i) + "\nspring.kafka.producer.acks: 0\n";
  const auto file = good("a.yml", text);
  EXPECT_THAT(file.producers, SizeIs(101));
  EXPECT_TRUE(file.is_incomplete);
}

TEST(Spring, AMapsKeysMayStandInBrackets) {
  EXPECT_THAT(settings("a.properties",
                       "spring.kafka.producer.properties[enable.idempotence]=false\n"
                       "spring.kafka.properties[delivery.timeout.ms]=1\n"
                       "spring.kafka.bootstrap-servers[0]=a:9092\n"),
              ElementsAre("1 enable.idempotence=false", "2 delivery.timeout.ms=1",
                          "3 bootstrap.servers=a:9092"));
  EXPECT_THAT(skipped("a.properties", "spring.kafka.producer.acks[=1\n"), SizeIs(1));
}

TEST(Spring, SettingsHaveSpringsNamesInRemedies) {
  const auto file = good("a.properties",
                         "spring.kafka.producer.properties.retries=1\n"
                         "spring.kafka.properties.acks=1\n");
  const auto& producer = file.producers.front();
  EXPECT_EQ(spring_name(producer, "acks"), "spring.kafka.producer.acks");
  EXPECT_EQ(spring_name(producer, "retries"), "spring.kafka.producer.properties.retries")
      << "it would win over the other";
  EXPECT_EQ(spring_name(producer, "batch.size"), "spring.kafka.producer.batch-size");
  EXPECT_EQ(spring_name(producer, "enable.idempotence"),
            "spring.kafka.producer.properties.enable.idempotence");
}

TEST(Spring, PlaceholdersHaveOthersInThem) {
  const auto acks = [](const std::string& value, const std::string& rest = {}) {
    const auto lines =
        settings("a.properties", "spring.kafka.producer.acks=" + value + "\n" + rest);
    return lines.empty() ? "" : lines.front().substr(std::string_view("1 acks=").size());
  };
  EXPECT_EQ(acks("${A:${B:1}}"), "1");
  EXPECT_EQ(acks("${A:}"), "");
  EXPECT_EQ(acks("a${A:l}${B:l}"), "all");
  EXPECT_EQ(acks("${my.acks:all}", "my.acks=0\n"), "0") << "the file's own comes first";
  EXPECT_EQ(acks("${myAcks:all}", "my-acks=${B:${C:0}}\n"), "0");
  EXPECT_EQ(acks("${my.${A:acks}}", "my.acks=0\n"), "0");
  EXPECT_EQ(acks("${a:1}", "a=${b:2}\nb=${a:3}\n"), "") << "in circles";
  EXPECT_EQ(acks("${a}", "a=${b}${b}${b}\nb=${c}${c}${c}\nc=${d}${d}${d}\nd=${e}${e}${e}\ne=" +
                             std::string(4000, 'x')),
            "");
  EXPECT_EQ(acks("${A:1"), "");
  EXPECT_THAT(skipped("a.properties", "spring.kafka.producer.acks=${A:1\n"),
              ElementsAre(HasSubstr("placeholder")));
}

TEST(Spring, APlaceholdersValueMayBeTheProfiles) {
  const auto file = good("a.yml",
                         "spring.kafka.producer.acks: ${my.acks:all}\n---\n"
                         "spring.config.activate.on-profile: dev\nmy.acks: 0\n---\n"
                         "spring.config.activate.on-profile: web\nserver.port: 1\n");
  ASSERT_THAT(profiles(file), ElementsAre("", "dev"));
  EXPECT_THAT(settings(file.producers[1]), ElementsAre("1 acks=0"));
}

TEST(Spring, APlaceholderIsItsDefault) {
  EXPECT_THAT(settings("a.yml", "spring.kafka.producer.acks: ${ACKS:1}"), ElementsAre("1 acks=1"));
  EXPECT_THAT(settings("a.yml", "spring.kafka.producer.acks: ${ACKS}"), IsEmpty());
  EXPECT_THAT(skipped("a.yml", "spring.kafka.producer.acks: ${ACKS}"),
              ElementsAre(HasSubstr("placeholder")));
}

TEST(Spring, AnEmptyNumberIsNone) {
  EXPECT_THAT(settings("a.yml",
                       "spring.kafka.producer:\n  retries: ${RETRIES:}\n  batch-size: ''\n"
                       "  buffer-memory: ${MEMORY:}\n  acks: ${ACKS:}\n  properties.retries: ''\n"),
              ElementsAre("5 acks=", "6 retries="));
  EXPECT_THAT(settings("a.properties",
                       "spring.kafka.producer.retries=\nspring.kafka.properties.retries=3\n"),
              ElementsAre("2 retries=3"));
}

TEST(Spring, AnEmptyPrefixOfTransactionsIsOne) {
  EXPECT_THAT(settings("a.yml", "spring.kafka.producer.transaction-id-prefix: ${TX_PREFIX:}"),
              ElementsAre("1 transactional.id=0"));
  EXPECT_THAT(settings("a.yml", "spring.kafka.producer.properties.transactional.id: ''"),
              ElementsAre("1 transactional.id="));
}

TEST(Spring, SettingsOfOtherProducersAreNamed) {
  const std::string own = "spring.kafka.bootstrap-servers: b:1\n";
  for (const auto* name :
       {"app.kafka.producer.acks", "app.kafka.enable.idempotence", "app.kafka.enable-idempotence",
        "app.producer.retries", "spring.cloud.stream.kafka.binder.producer-properties.acks",
        "spring.cloud.stream.kafka.binder.requiredAcks", "app[delivery.timeout.ms]", "acks",
        "spring.kafka.streams.properties.producer.acks"}) {
    const auto file = good("a.yml", own + name + ": 1\n");
    EXPECT_TRUE(file.is_incomplete) << name;
    EXPECT_THAT(skipped("a.yml", own + name + ": 1\n"),
                ElementsAre(AllOf(HasSubstr("2 \""), HasSubstr("not of Spring Boot's"))))
        << name;
  }
  for (const auto* name : {"http.retries", "app.attacks", "app.kafka.consumer.acks", "app.topic",
                           "spring.kafka.producer.properties.acks"})
    EXPECT_FALSE(good("a.yml", own + name + ": 1\n").is_incomplete) << name;
  const auto file =
      good("a.yml", "spring.kafka.producer.acks: ${my.acks}\nmy.acks: ${acks}\nacks: 1");
  EXPECT_FALSE(file.is_incomplete) << "it is the producer's";
  EXPECT_TRUE(good("a.properties", own + std::string(100'000, '.') + "acks: 1\n").skipped.empty());
}

TEST(Spring, AnUnknownFieldIsNamed) {
  EXPECT_THAT(skipped("a.yml", "spring.kafka.producer.enable-idempotence: true"),
              ElementsAre(HasSubstr("enable-idempotence")));
  EXPECT_THAT(skipped("a.yml", "spring.kafka.producer.ssl.key-password: secret"), IsEmpty());
}

TEST(KnownKeys, OfEachClientAndTheNearest) {
  EXPECT_TRUE(is_java_key("acks"));
  EXPECT_TRUE(is_librdkafka_key("acks"));
  EXPECT_TRUE(is_librdkafka_key("message.timeout.ms"));
  EXPECT_FALSE(is_java_key("message.timeout.ms"));
  EXPECT_TRUE(is_java_key("max.block.ms"));
  EXPECT_FALSE(is_librdkafka_key("max.block.ms"));
  EXPECT_EQ(nearest_key("enable.idempotance"), "enable.idempotence");
  EXPECT_EQ(nearest_key("my.own.setting.of.a.plugin"), std::nullopt);
  EXPECT_EQ(nearest_key(std::string(100'000, 'a')), std::nullopt);
}

}  // namespace
}  // namespace kie::lint
