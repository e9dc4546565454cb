#include "collectors/risk/producer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kie::risk {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using enum RuleId;

ClientRelease java(std::optional<ClientRelease::Version> version = {}) {
  return {ClientKind::kJava, version};
}
ClientRelease rdkafka(std::optional<ClientRelease::Version> version = {}) {
  return {ClientKind::kLibrdkafka, version};
}

std::vector<RuleId> found(const Given& given, const ClientRelease& client,
                          const Thresholds& limits = {}) {
  std::vector<RuleId> ids;
  for (const auto& one : evaluate(given, client, limits)) ids.push_back(one.rule);
  return ids;
}

Finding first(const Given& given, const ClientRelease& client) {
  const auto findings = evaluate(given, client, {});
  return findings.empty() ? Finding{} : findings.front();
}

const Given kOn{{"enable.idempotence", "true"}};

Given with(Given given, const std::string& key, const std::string& value) {
  given.insert_or_assign(key, value);
  return given;
}

TEST(ProducerRules, DefaultsOfPresentClients) {
  EXPECT_THAT(found({}, java()), IsEmpty());
  EXPECT_THAT(found({}, rdkafka()), ElementsAre(kIdempotenceOff));
  EXPECT_THAT(found(kOn, rdkafka()), IsEmpty());
}

TEST(ProducerRules, GuidesSafeAndRiskySettings) {
  Given given{{"enable.idempotence", "true"},
              {"acks", "all"},
              {"max.in.flight.requests.per.connection", "5"},
              {"retries", "2147483647"}};
  EXPECT_THAT(found(given, java()), IsEmpty());
  EXPECT_THAT(found(given, rdkafka()), IsEmpty());
  given["max.in.flight.requests.per.connection"] = "10";
  for (const auto& client : {java(), java(ClientRelease::Version{3, 9, 2}), rdkafka()}) {
    EXPECT_THAT(found(given, client), ElementsAre(kInFlightAbove5, kClientRefuses));
    EXPECT_THAT(first(given, client).note, HasSubstr("does not start"));
  }
}

TEST(ProducerRules, AcksNotAll) {
  for (const auto* acks : {"all", "-1", "ALL"})
    EXPECT_THAT(found(with(kOn, "acks", acks), rdkafka()), IsEmpty()) << acks;
  for (const auto* acks : {"all", "-1", " all "})
    EXPECT_THAT(found(with(kOn, "acks", acks), java()), IsEmpty()) << acks;
  EXPECT_THAT(found({{"acks", "2"}}, rdkafka()), ElementsAre(kAcksNotAll, kIdempotenceOff));
  EXPECT_EQ(first({{"acks", "2"}}, rdkafka()).value, "2");
  for (const auto* acks : {"0", "1"}) {
    const Given given{{"acks", acks}, {"enable.idempotence", "false"}};
    EXPECT_THAT(found(given, java()), ElementsAre(kAcksNotAll, kIdempotenceOff));
    EXPECT_THAT(found(given, rdkafka()), ElementsAre(kAcksNotAll, kIdempotenceOff));
    EXPECT_EQ(first(given, java()).severity, Severity::kCritical);
  }
  EXPECT_THAT(found({{"request.required.acks", "1"}}, rdkafka()),
              ElementsAre(kAcksNotAll, kIdempotenceOff));
  EXPECT_EQ(first({{"request.required.acks", "1"}}, rdkafka()).setting, "request.required.acks");
}

TEST(ProducerRules, JavaBefore3HadAcks1) {
  EXPECT_THAT(found({}, java(ClientRelease::Version{2, 8, 2})),
              ElementsAre(kAcksNotAll, kIdempotenceOff));
  EXPECT_EQ(first({}, java(ClientRelease::Version{2, 8, 2})).origin, "the client's default");
}

TEST(ProducerRules, JavaIsIdempotentByDefaultSince301And311And320) {
  using Version = ClientRelease::Version;
  for (const auto& version : {Version{3, 0, 0}, Version{3, 1, 0}})
    EXPECT_THAT(found({}, java(version)), ElementsAre(kIdempotenceOff));
  for (const auto& version :
       {Version{3, 0, 1}, Version{3, 1, 1}, Version{3, 2, 0}, Version{4, 3, 1}})
    EXPECT_THAT(found({}, java(version)), IsEmpty());
}

TEST(ProducerRules, JavaSwitchesOffADefaultWithoutAWord) {
  for (const auto& version : {ClientRelease::Version{3, 9, 2}, ClientRelease::Version{4, 3, 1}}) {
    const auto client = java(version);
    EXPECT_THAT(found({{"acks", "1"}}, client), ElementsAre(kAcksNotAll, kIdempotenceOff));
    const auto by_acks = evaluate({{"acks", "1"}}, client, {}).at(1);
    EXPECT_EQ(by_acks.setting, "acks");
    EXPECT_THAT(by_acks.note, HasSubstr("switches it off"));
    EXPECT_THAT(found({{"retries", "0"}}, client), ElementsAre(kIdempotenceOff, kRetriesLow));
    EXPECT_EQ(first({{"retries", "0"}}, client).setting, "retries");
  }
}

TEST(ProducerRules, OldClientsRetryLessUnlessIdempotent) {
  EXPECT_THAT(found({}, java(ClientRelease::Version{2, 0, 1})), testing::Contains(kRetriesLow));
  EXPECT_THAT(found(kOn, java(ClientRelease::Version{2, 0, 1})),
              testing::Not(testing::Contains(kRetriesLow)));
  EXPECT_THAT(found({}, rdkafka(ClientRelease::Version{1, 4, 4})), testing::Contains(kRetriesLow));
  EXPECT_THAT(found(kOn, rdkafka(ClientRelease::Version{1, 4, 4})),
              testing::Not(testing::Contains(kRetriesLow)));
  EXPECT_THAT(found({}, rdkafka(ClientRelease::Version{1, 5, 2})),
              testing::Not(testing::Contains(kRetriesLow)));
}

TEST(ProducerRules, JavaRefusesWhatIsExplicit) {
  for (const auto& [key, value] : std::map<std::string, std::string>{
           {"acks", "1"}, {"retries", "0"}, {"max.in.flight.requests.per.connection", "6"}}) {
    const auto findings = evaluate(with(kOn, key, value), java(), {});
    ASSERT_FALSE(findings.empty());
    EXPECT_EQ(findings.back().rule, kClientRefuses) << key;
    EXPECT_EQ(findings.back().setting, key);
  }
}

TEST(ProducerRules, InFlightAbove5OfADefaultIsRefusedFrom4On) {
  const Given given{{"max.in.flight.requests.per.connection", "6"}};
  EXPECT_THAT(found(given, java(ClientRelease::Version{3, 9, 2})),
              ElementsAre(kIdempotenceOff, kInFlightAbove5));
  EXPECT_THAT(found(given, java(ClientRelease::Version{4, 0, 0})),
              ElementsAre(kInFlightAbove5, kClientRefuses));
  EXPECT_THAT(found(with(given, "max.in.flight.requests.per.connection", "5"), java()), IsEmpty());
  EXPECT_THAT(found({{"max.in.flight", "6"}}, rdkafka()), ElementsAre(kIdempotenceOff))
      << "nobody wants idempotence";
  EXPECT_THAT(found(with(kOn, "max.in.flight", "6"), rdkafka()),
              ElementsAre(kInFlightAbove5, kClientRefuses));
}

TEST(ProducerRules, WithoutIdempotenceRetriesMayChangeTheOrder) {
  Given given{{"enable.idempotence", "false"}};
  EXPECT_THAT(first(given, java()).note, HasSubstr("order"));
  given["max.in.flight.requests.per.connection"] = "1";
  EXPECT_EQ(first(given, java()).note, "");
}

TEST(ProducerRules, DeliveryTimeout) {
  const auto client = java();
  const auto given = [](const char* timeout) {
    return Given{{"delivery.timeout.ms", timeout}, {"request.timeout.ms", "1000"}};
  };
  EXPECT_THAT(found(given("30000"), client), IsEmpty());
  EXPECT_THAT(found(given("29999"), client), ElementsAre(kDeliveryTimeoutShort));
  EXPECT_THAT(found(with(kOn, "message.timeout.ms", "29999"), rdkafka()),
              ElementsAre(kDeliveryTimeoutShort));
  EXPECT_THAT(found(with(kOn, "message.timeout.ms", "0"), rdkafka()), IsEmpty()) << "unlimited";
  EXPECT_THAT(found(given("29999"), client, {.min_delivery_timeout = milliseconds{29999}}),
              IsEmpty());
}

TEST(ProducerRules, JavaRefusesADeliveryTimeoutBelowLingerAndRequest) {
  const auto client = java(ClientRelease::Version{3, 9, 2});
  EXPECT_THAT(found({{"delivery.timeout.ms", "30000"}}, client), IsEmpty());
  EXPECT_THAT(found({{"delivery.timeout.ms", "30000"}, {"linger.ms", "1"}}, client),
              ElementsAre(kClientRefuses));
  EXPECT_THAT(found({{"delivery.timeout.ms", "30000"}}, java(ClientRelease::Version{4, 0, 0})),
              ElementsAre(kClientRefuses))
      << "from 4.0 on linger.ms is 5";
  const Given raised{{"request.timeout.ms", "300000"}};
  EXPECT_THAT(found(raised, client), IsEmpty());
  EXPECT_EQ(effective(raised, client).delivery_timeout, milliseconds{300'000});
}

TEST(ProducerRules, Retries) {
  // 100 + 200 + 400 + 800, then 1000 each.
  EXPECT_EQ(effective({{"retries", "5"}}, java()).retry_time, milliseconds{2'500});
  EXPECT_THAT(found({{"retries", "33"}}, java()), IsEmpty());
  EXPECT_THAT(found({{"retries", "32"}}, java()), ElementsAre(kRetriesLow));
  EXPECT_EQ(effective({{"retries", "5"}}, java(ClientRelease::Version{3, 6, 0})).retry_time,
            milliseconds{500})
      << "before 3.7 they do not grow";
  EXPECT_EQ(effective({{"retries", "5"}}, rdkafka(ClientRelease::Version{2, 2, 0})).retry_time,
            milliseconds{500});
  EXPECT_EQ(effective({{"retries", "5"}}, rdkafka(ClientRelease::Version{2, 3, 0})).retry_time,
            milliseconds{2'500});
  const Given no_pause{{"retry.backoff.ms", "0"}};
  EXPECT_EQ(effective(no_pause, java()).retry_time, milliseconds{0});
  EXPECT_THAT(found(no_pause, java()), IsEmpty()) << "the delivery timeout is their end";
  EXPECT_THAT(found(with(no_pause, "retries", "2147483646"), java()), ElementsAre(kRetriesLow));
}

TEST(ProducerRules, LibrdkafkasTransactions) {
  const Given id{{"transactional.id", "orders-1"}};
  EXPECT_THAT(found(id, rdkafka()), IsEmpty()) << "it brings idempotence with it";
  EXPECT_THAT(found(with(id, "enable.idempotence", "false"), rdkafka()),
              testing::Contains(kClientRefuses));
  EXPECT_THAT(found(with(id, "message.timeout.ms", "60001"), rdkafka()),
              ElementsAre(kClientRefuses));
  EXPECT_THAT(found(with(id, "message.timeout.ms", "60000"), rdkafka()), IsEmpty());
  EXPECT_THAT(found(with(id, "socket.timeout.ms", "60101"), rdkafka()),
              ElementsAre(kClientRefuses));
  EXPECT_THAT(found(with(id, "socket.timeout.ms", "60100"), rdkafka()), IsEmpty());
}

TEST(ProducerRules, LibrdkafkaRefusesATimeoutBelowAnExplicitLinger) {
  auto given = with(kOn, "message.timeout.ms", "40000");
  EXPECT_THAT(found(with(given, "linger.ms", "40000"), rdkafka()), ElementsAre(kClientRefuses));
  EXPECT_THAT(found(with(given, "linger.ms", "39999.5"), rdkafka()), IsEmpty());
  EXPECT_THAT(found(with(given, "queue.buffering.max.ms", "40001"), rdkafka()),
              ElementsAre(kClientRefuses));
}

TEST(ProducerRules, JavasTransactionsNeedIdempotence) {
  const Given id{{"transactional.id", "orders-1"}};
  EXPECT_THAT(found(id, java()), IsEmpty());
  EXPECT_THAT(found(with(id, "acks", "1"), java()),
              ElementsAre(kAcksNotAll, kIdempotenceOff, kClientRefuses));
}

TEST(ProducerRules, AValueThatCannotBeReadIsTheDefaultAndNamed) {
  const auto out = effective({{"acks", "1x"}, {"retries", "0x10"}}, rdkafka());
  EXPECT_THAT(out.unreadable, testing::UnorderedElementsAre("acks", "retries"))
      << "librdkafka reads what C does";
  EXPECT_EQ(out.acks, "all");
  EXPECT_THAT(out.refusals, IsEmpty());
}

/// Of a client that does not start with it.
std::vector<std::string> refused(const Given& given, const ClientRelease& client) {
  std::vector<std::string> keys;
  for (const auto& one : effective(given, client).refusals) keys.push_back(one.key);
  return keys;
}

TEST(ProducerRules, ValuesThatTheClientDoesNotTakeAreRefused) {
  struct Case {
    std::string key, taken, refused;
  };
  for (const auto& [key, taken, not_taken] :
       {Case{"acks", "0", "ALL"}, Case{"acks", "-1", "2"}, Case{"retries", "+5", "-1"},
        Case{"retries", "2147483647", "2147483648"}, Case{"delivery.timeout.ms", "30000", "2m"},
        Case{"delivery.timeout.ms", "2147483647", "3000000000"}, Case{"linger.ms", "0", "1.5"},
        Case{"retry.backoff.ms", "9223372036854775807", "-1"},
        Case{"max.in.flight.requests.per.connection", "1", "0"},
        Case{"enable.idempotence", " TRUE ", "yes"}, Case{"enable.idempotence", "false", "0"}}) {
    const auto client = java(ClientRelease::Version{3, 9, 2});
    EXPECT_THAT(refused({{key, taken}}, client), IsEmpty()) << key << '=' << taken;
    EXPECT_THAT(refused({{key, not_taken}}, client), ElementsAre(key)) << not_taken;
  }
  for (const auto& [key, taken, not_taken] :
       {Case{"acks", "1000", "1001"}, Case{"acks", "All", "most"}, Case{"acks", "-1", "-2"},
        Case{"message.timeout.ms", "2147483647", "3000000000"},
        Case{"max.in.flight", "1000000", "1000001"}, Case{"max.in.flight", "1", "0"},
        Case{"retries", "+5", "many"}, Case{"retry.backoff.ms", "1", "0"},
        Case{"retry.backoff.max.ms", "300000", "300001"}, Case{"linger.ms", "1.5", "-1"},
        Case{"enable.idempotence", "T", "on"}, Case{"enable.idempotence", "0", " true"}}) {
    EXPECT_THAT(refused({{key, taken}}, rdkafka()), IsEmpty()) << key << '=' << taken;
    EXPECT_THAT(refused({{key, not_taken}}, rdkafka()), ElementsAre(key)) << not_taken;
  }
  EXPECT_THAT(refused({{"transactional.id", ""}}, java()), ElementsAre("transactional.id"));
  EXPECT_THAT(refused({{"transactional.id", ""}, {"message.timeout.ms", "70000"}}, rdkafka()),
              IsEmpty())
      << "it is as if it were not there";
}

TEST(ProducerRules, JavaBefore3TakesAcksAllForAnIdempotentProducer) {
  const auto client = java(ClientRelease::Version{2, 8, 2});
  EXPECT_THAT(found(kOn, client), IsEmpty());
  EXPECT_THAT(found({{"transactional.id", "orders-1"}}, client), IsEmpty());
  EXPECT_THAT(refused(with(kOn, "acks", "1"), client), ElementsAre("acks"));
  EXPECT_THAT(refused({{"transactional.id", "orders-1"}, {"acks", "1"}}, client),
              ElementsAre("acks"));
}

TEST(ProducerRules, TheLeastDeliveryTimeoutHasAnEnd) {
  EXPECT_THAT(refused({{"delivery.timeout.ms", "2147483647"}, {"request.timeout.ms", "2147483647"}},
                      java()),
              IsEmpty());
}

TEST(ProducerRules, AFirstBackoffAboveTheLongestIsTheLongest) {
  const Given given{{"retries", "5"}, {"retry.backoff.ms", "5000"}};
  for (const auto& client : {java(), rdkafka()})
    EXPECT_EQ(effective(given, client).retry_time, milliseconds{5'000});
}

/// After a finding's remedy neither it nor a refusal is there, and after all nothing is.
TEST(ProducerRules, WhatIsWantedHelps) {
  const std::map<std::string, std::vector<std::string>> values{
      {"acks", {"all", "1", "0", "ALL"}},
      {"enable.idempotence", {"true", "false", "on"}},
      {"max.in.flight.requests.per.connection", {"1", "10", "0"}},
      {"retries", {"0", "3", "-1", "2147483647"}},
      {"retry.backoff.ms", {"0", "-1", "200"}},
      {"transactional.id", {"orders-1"}},
      {"linger.ms", {"0", "400000"}},
      {"delivery.timeout.ms", {"10000", "20000", "120000", "3000000000"}},
      {"request.timeout.ms", {"1000", "130000"}},
      {"transaction.timeout.ms", {"10000"}}};
  const auto helps = [](Given given, const ClientRelease& client) {
    std::string text = to_string(client);
    for (const auto& [key, value] : given) text += " " + key + "=" + value;
    SCOPED_TRACE(text);
    // What one remedy brings with it may show what was hidden.
    for (int round = 0; round < 3; ++round)
      for (const auto& finding : evaluate(given, client, {})) {
        EXPECT_THAT(finding.wanted, testing::Not(IsEmpty())) << rule(finding.rule).id;
        for (const auto& [key, value] : finding.wanted) given.insert_or_assign(key, value);
      }
    EXPECT_THAT(found(given, client), IsEmpty());
  };
  for (const auto& client : {java(), java(ClientRelease::Version{3, 9, 2}),
                             java(ClientRelease::Version{2, 8, 2}), rdkafka()})
    for (const auto& [key, some] : values)
      for (const auto& value : some)
        for (const auto& [other, others] : values)
          for (const auto& another : others) helps({{key, value}, {other, another}}, client);
}

TEST(ClientRelease, IsReadFromWhatPeopleCallIt) {
  using Version = ClientRelease::Version;
  EXPECT_EQ(parse_client("java"), java());
  EXPECT_EQ(parse_client("java:3.9.2"), java(Version{3, 9, 2}));
  EXPECT_EQ(parse_client("kafka-clients 4.3"), java(Version{4, 3, 0}));
  EXPECT_EQ(parse_client("librdkafka"), rdkafka());
  EXPECT_EQ(parse_client("librdkafka:2.8.0"), rdkafka(Version{2, 8, 0}));
  EXPECT_EQ(parse_client("confluent-kafka-python 2.16.1"), rdkafka());
  EXPECT_EQ(parse_client("confluent-kafka-python 2.16.1, librdkafka 2.16.1"),
            rdkafka(Version{2, 16, 1}));
  EXPECT_EQ(parse_client("confluent-kafka-javascript 1.0"), rdkafka());
  EXPECT_EQ(parse_client("franz-go 1.2.3"), std::nullopt);
  EXPECT_EQ(parse_client(""), std::nullopt);
  EXPECT_EQ(parse_client("java:"), java());
  EXPECT_EQ(parse_client("java:99999999999999"), java());
}

TEST(ClientRelease, IsGuessedByTheKeysOfOne) {
  EXPECT_EQ(guess_client({}), ClientKind::kJava);
  EXPECT_EQ(guess_client({{"acks", "all"}}), ClientKind::kJava);
  EXPECT_EQ(guess_client({{"message.timeout.ms", "1"}}), ClientKind::kLibrdkafka);
  EXPECT_EQ(guess_client({{"sasl.jaas.config", "x"}}), ClientKind::kJava);
}

// What no client takes costs nothing, and no sum of it has no room.
TEST(ProducerRules, NumbersBeyondAllMeasure) {
  EXPECT_THAT(refused({{"linger.ms", "9223372036854775808"}}, java()), ElementsAre("linger.ms"));
  EXPECT_EQ(effective({{"linger.ms", "9223372036854775807"}}, java()).delivery_timeout,
            milliseconds{2147483647});
  EXPECT_THAT(refused({{"retry.backoff.ms", "-9223372036854775808"}}, java()),
              ElementsAre("retry.backoff.ms"));
  EXPECT_EQ(effective({{"retry.backoff.ms", "0"}}, java()).retry_time, milliseconds{0});
  EXPECT_GE(effective({{"retry.backoff.ms", "1000000000000000"}}, java()).retry_time,
            milliseconds{2147483647});
}

}  // namespace
}  // namespace kie::risk
