#include "collectors/kafka/check/connection_checks.h"

#include <librdkafka/rdkafka.h>

#include <utility>

namespace kie::kafka {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Security kPlaintext{};
constexpr Security kTls{.tls = true};
constexpr Security kSasl{.sasl = true};
constexpr Security kBoth{.tls = true, .sasl = true};

ConnectionAttempt broke(std::vector<std::string> states,
                        const std::string& text = "_TRANSPORT: broken") {
  return {std::move(states), Error{RD_KAFKA_RESP_ERR__TRANSPORT, text}};
}

std::vector<Check> checks_of(Security security, const ConnectionAttempt& attempt) {
  CheckReport report;
  const auto last = add_connection_checks(report, "kafka-1:9092", security, attempt,
                                          std::chrono::milliseconds{6000});
  EXPECT_EQ(last, report.all().size() - 1);
  return report.all();
}

/// "tls ok, kafka_protocol failed, ...".
std::vector<std::string> words(Security security, const ConnectionAttempt& attempt) {
  std::vector<std::string> words;
  for (const auto& check : checks_of(security, attempt))
    words.push_back(std::string(id_of(check.kind)) + " " + std::string(id_of(check.outcome)));
  return words;
}

TEST(AddConnectionChecks, AllIsWellWhenTheConnectionIsUp) {
  EXPECT_THAT(words(kPlaintext, {{"CONNECT", "APIVERSION_QUERY", "UP"}, {}}),
              ElementsAre("kafka_protocol ok"));
  EXPECT_THAT(
      words(kBoth, {{"CONNECT", "SSL_HANDSHAKE", "APIVERSION_QUERY", "AUTH_REQ", "UP"}, {}}),
      ElementsAre("tls ok", "kafka_protocol ok", "sasl ok"));
}

TEST(AddConnectionChecks, TheStateInWhichItBrokeSaysWhatFailed) {
  EXPECT_THAT(words(kBoth, broke({"CONNECT", "SSL_HANDSHAKE"})),
              ElementsAre("tls failed", "kafka_protocol skipped", "sasl skipped"));
  EXPECT_THAT(words(kBoth, broke({"CONNECT", "SSL_HANDSHAKE", "APIVERSION_QUERY"})),
              ElementsAre("tls ok", "kafka_protocol failed", "sasl skipped"));
  for (const auto* state : {"AUTH_HANDSHAKE", "AUTH_REQ", "AUTH_LEGACY"})
    EXPECT_THAT(words(kSasl, broke({"CONNECT", "APIVERSION_QUERY", state})),
                ElementsAre("kafka_protocol ok", "sasl failed"));
}

// librdkafka connects before it knows whether it is let in.
TEST(AddConnectionChecks, ARefusedCertificateOfTheClientIsTls) {
  EXPECT_THAT(words(kTls, broke({"CONNECT", "SSL_HANDSHAKE", "APIVERSION_QUERY"},
                                "_TRANSPORT: Receive failed: error:0A00045C:SSL routines::tlsv13 "
                                "alert certificate required: SSL alert number 116")),
              ElementsAre("tls failed", "kafka_protocol skipped"));
}

TEST(AddConnectionChecks, AConnectionThatNeverCameFailsItsFirstStep) {
  EXPECT_THAT(words(kTls, broke({"TRY_CONNECT", "CONNECT"})),
              ElementsAre("tls failed", "kafka_protocol skipped"));
  EXPECT_THAT(words(kSasl, broke({})), ElementsAre("kafka_protocol failed", "sasl skipped"));
}

// A token that cannot be had, such as from an issuer that is not there.
TEST(AddConnectionChecks, ALoginThatFailsBeforeThereIsAConnectionProvesNothingOfTheStepsBeforeIt) {
  const ConnectionAttempt attempt{
      {}, Error{RD_KAFKA_RESP_ERR__AUTHENTICATION, "_AUTHENTICATION: no token"}};
  EXPECT_THAT(words(kBoth, attempt),
              ElementsAre("tls skipped", "kafka_protocol skipped", "sasl failed"));
}

TEST(AddConnectionChecks, SaysLibrdkafkasWordsOrThatNothingCame) {
  EXPECT_EQ(checks_of(kPlaintext, broke({"APIVERSION_QUERY"}, "_SSL: what it was"))[0].detail,
            "_SSL: what it was");
  const auto silent = checks_of(kPlaintext, {{"CONNECT", "APIVERSION_QUERY"}, {}});
  EXPECT_EQ(silent[0].outcome, Outcome::kFailed);
  EXPECT_EQ(silent[0].detail, "no answer within 6000 ms");
}

TEST(AddConnectionChecks, EachFailureHasItsOwnHelp) {
  EXPECT_THAT(checks_of(kBoth, broke({"SSL_HANDSHAKE"}))[0].help, HasSubstr("ssl.ca.location"));
  EXPECT_THAT(checks_of(kBoth, broke({"APIVERSION_QUERY"}))[1].help,
              HasSubstr("security.protocol"));
  EXPECT_THAT(checks_of(kBoth, broke({"AUTH_REQ"}))[2].help, HasSubstr("sasl.password"));
}

TEST(SkipConnectionChecks, AllOfItWaitsForTheSameStep) {
  CheckReport report;
  const auto tcp = report.failed(CheckKind::kTcp, "kafka-1:9092", "Connection refused", "");
  const auto last = skip_connection_checks(report, "kafka-1:9092", kBoth, tcp);
  ASSERT_EQ(report.all().size(), 4U);
  EXPECT_EQ(last, 3U);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(report.all()[i].outcome, Outcome::kSkipped);
    EXPECT_EQ(report.all()[i].detail, "waits for TCP to kafka-1:9092");
  }
}

}  // namespace
}  // namespace kie::kafka
