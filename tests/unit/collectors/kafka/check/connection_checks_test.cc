#include "collectors/kafka/check/connection_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <utility>

namespace kie::kafka {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const Security kPlaintext{};
const Security kTls{.tls = true, .authorities = "ssl.ca.location, /ca.pem"};
const Security kSasl{.sasl = true};
const Security kBoth{.tls = true, .sasl = true};

ConnectionAttempt broke(std::vector<std::string> states,
                        const std::string& text = "_TRANSPORT: broken") {
  return {std::move(states), Error{RD_KAFKA_RESP_ERR__TRANSPORT, text}};
}

std::vector<Check> checks_of(const Security& security, const ConnectionAttempt& attempt) {
  CheckReport report;
  const auto last = add_connection_checks(report, "kafka-1:9092", security, attempt,
                                          std::chrono::milliseconds{6000});
  EXPECT_EQ(last, report.all().size() - 1);
  return report.all();
}

/// "tls ok, kafka_protocol failed, ...".
std::vector<std::string> words(const Security& security, const ConnectionAttempt& attempt) {
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

/// The check that has failed.
Check failure(const Security& security, const ConnectionAttempt& attempt) {
  for (auto& check : checks_of(security, attempt))
    if (check.outcome == Outcome::kFailed) return check;
  ADD_FAILURE() << "none has failed";
  return {};
}

CertificateProblem problem_of(CertificateFault fault) {
  return {.fault = fault,
          .reason = "certificate revoked",
          .subject = "CN=kafka-0",
          .issuer = "CN=A private authority",
          .names = {"DNS:kafka-0.example.com", "IP:10.0.0.5"},
          .not_before = "2020-01-01 00:00:00 UTC",
          .not_after = "2020-01-31 00:00:00 UTC"};
}

Check refused(const CertificateProblem& problem) {
  auto attempt = broke({"CONNECT", "SSL_HANDSHAKE"}, "_SSL: certificate verify failed");
  attempt.certificate = problem;
  const auto check = failure(kTls, attempt);
  EXPECT_EQ(check.kind, CheckKind::kTls);
  EXPECT_THAT(check.detail, HasSubstr("kafka-1:9092"));
  EXPECT_THAT(check.detail, Not(HasSubstr("verify failed")));
  return check;
}

TEST(AddConnectionChecks, ACertificateForAnotherHostNamesBoth) {
  auto problem = problem_of(CertificateFault::kOtherName);
  EXPECT_EQ(refused(problem).detail,
            "the certificate of kafka-1:9092 (CN=kafka-0) does not name kafka-1; it names "
            "DNS:kafka-0.example.com, IP:10.0.0.5");
  EXPECT_THAT(refused(problem).help,
              AllOf(HasSubstr("subjectAltName"), HasSubstr("advertised.listeners")));
  problem.names.clear();
  EXPECT_THAT(refused(problem).detail, HasSubstr("nor any other host"));
}

TEST(AddConnectionChecks, ACertificateThatIsTooOldOrTooNewHasItsDates) {
  EXPECT_EQ(refused(problem_of(CertificateFault::kExpired)).detail,
            "the certificate of kafka-1:9092 (CN=kafka-0) has expired: it is valid from "
            "2020-01-01 00:00:00 UTC until 2020-01-31 00:00:00 UTC");
  EXPECT_THAT(refused(problem_of(CertificateFault::kExpired)).help, HasSubstr("renew the broker"));
  EXPECT_THAT(refused(problem_of(CertificateFault::kNotYetValid)).detail,
              HasSubstr("is not valid yet: it is valid from 2020-01-01 00:00:00 UTC"));
  EXPECT_THAT(refused(problem_of(CertificateFault::kNotYetValid)).help, HasSubstr("clock"));
}

TEST(AddConnectionChecks, TheCertificateOfACaIsToldFromTheServersOwn) {
  auto problem = problem_of(CertificateFault::kExpired);
  problem.is_of_authority = true;
  problem.subject = "CN=A private authority";
  EXPECT_THAT(refused(problem).detail,
              HasSubstr("the CA (CN=A private authority) of kafka-1:9092"));
  EXPECT_THAT(refused(problem).help, HasSubstr("renew the CA's"));
}

TEST(AddConnectionChecks, AnUnknownCaIsNamedAndSoIsWhereTrustedOnesComeFrom) {
  auto problem = problem_of(CertificateFault::kUnknownAuthority);
  EXPECT_EQ(refused(problem).detail,
            "the certificate of kafka-1:9092 (CN=kafka-0) is signed by CN=A private authority, "
            "which is not among the CAs that are trusted here (ssl.ca.location, /ca.pem)");
  EXPECT_THAT(refused(problem).help, HasSubstr("ssl.ca.location"));
  problem.issuer = problem.subject;
  EXPECT_THAT(refused(problem).detail, HasSubstr("is signed by itself"));
}

TEST(AddConnectionChecks, AnythingElseThatIsWrongWithACertificateIsInOpenSslsWords) {
  EXPECT_THAT(refused(problem_of(CertificateFault::kOther)).detail,
              HasSubstr("cannot be verified: certificate revoked"));
}

TEST(AddConnectionChecks, AListenerThatWantsAClientsCertificateSaysWhetherThereIsOne) {
  const auto attempt = broke({"CONNECT", "SSL_HANDSHAKE", "APIVERSION_QUERY"},
                             "_TRANSPORT: error:0A000412:SSL routines::sslv3 alert bad "
                             "certificate: SSL alert number 42");
  const auto without = failure(kTls, attempt);
  EXPECT_EQ(without.kind, CheckKind::kTls);
  EXPECT_THAT(without.detail, HasSubstr("asks for a client's certificate"));
  EXPECT_THAT(without.help, HasSubstr("ssl.certificate.location"));
  auto security = kTls;
  security.has_client_certificate = true;
  const auto with = failure(security, attempt);
  EXPECT_THAT(with.detail, HasSubstr("refuses this client's certificate"));
  EXPECT_THAT(with.help, HasSubstr("ssl.truststore.location"));
}

struct WrongProtocol {
  const char* name;
  Security security;
  std::vector<std::string> states;
  /// What librdkafka said to a real broker.
  const char* words;
  CheckKind kind;
  const char* protocol;
};

TEST(AddConnectionChecks, AListenerOfAnotherKindNamesTheProtocolToSet) {
  const std::vector<WrongProtocol> cases{
      {"TLS to plaintext",
       kTls,
       {"CONNECT", "SSL_HANDSHAKE"},
       "SSL handshake failed: Disconnected: connecting to a PLAINTEXT broker listener?",
       CheckKind::kTls,
       "plaintext"},
      {"TLS to what answers at once",
       kTls,
       {"CONNECT", "SSL_HANDSHAKE"},
       "error:0A00010B:SSL routines::wrong version number",
       CheckKind::kTls,
       "plaintext"},
      {"SASL over TLS to SASL",
       kBoth,
       {"CONNECT", "SSL_HANDSHAKE"},
       "Disconnected",
       CheckKind::kTls,
       "sasl_plaintext"},
      {"plaintext to TLS",
       kPlaintext,
       {"CONNECT", "APIVERSION_QUERY"},
       "Disconnected while requesting ApiVersion",
       CheckKind::kProtocol,
       "ssl"},
      {"plaintext to what sends an alert",
       kPlaintext,
       {"CONNECT", "APIVERSION_QUERY"},
       "Receive failed: Invalid response size 352518912",
       CheckKind::kProtocol,
       "ssl"},
      {"SASL to SASL over TLS",
       kSasl,
       {"CONNECT", "APIVERSION_QUERY"},
       "Disconnected while requesting ApiVersion",
       CheckKind::kProtocol,
       "sasl_ssl"},
      {"SASL to plaintext",
       kSasl,
       {"CONNECT", "APIVERSION_QUERY", "AUTH_HANDSHAKE"},
       "Broker: Request not valid in current SASL state: broker's supported mechanisms: ",
       CheckKind::kSasl,
       "plaintext"},
      {"SASL over TLS to TLS",
       kBoth,
       {"CONNECT", "SSL_HANDSHAKE", "APIVERSION_QUERY", "AUTH_HANDSHAKE"},
       "Broker: Request not valid in current SASL state: broker's supported mechanisms: ",
       CheckKind::kSasl,
       "ssl"}};
  for (const auto& [name, security, states, words, kind, protocol] : cases) {
    const auto check = failure(security, broke(states, words));
    EXPECT_EQ(check.kind, kind) << name;
    EXPECT_THAT(check.help, HasSubstr(std::string("set security.protocol to ") + protocol +
                                      (kind == CheckKind::kSasl ? "," : " if")))
        << name;
    EXPECT_THAT(check.detail, HasSubstr(words)) << name;
  }
}

TEST(AddConnectionChecks, AListenerThatWantsALoginIsTold) {
  for (const auto& [security, protocol] :
       {std::pair{kPlaintext, "sasl_plaintext"}, std::pair{kTls, "sasl_ssl"}}) {
    auto attempt = broke({"CONNECT", "SSL_HANDSHAKE", "APIVERSION_QUERY", "UP"}, "Disconnected");
    attempt.was_closed_when_asked = true;
    attempt.peer = Peer::kBroker;
    const auto check = failure(security, attempt);
    EXPECT_EQ(check.kind, CheckKind::kProtocol);
    EXPECT_THAT(check.detail, HasSubstr("wants a login (SASL)"));
    EXPECT_THAT(check.help, AllOf(HasSubstr(std::string("security.protocol to ") + protocol),
                                  HasSubstr("sasl.mechanism")));
  }
}

TEST(AddConnectionChecks, AMechanismThatIsNotOfferedIsNoWrongPassword) {
  const auto check = failure(kSasl, broke({"APIVERSION_QUERY", "AUTH_HANDSHAKE"},
                                          "SASL SCRAM-SHA-512 mechanism handshake failed: Broker: "
                                          "Unsupported SASL mechanism: broker's supported "
                                          "mechanisms: PLAIN"));
  EXPECT_THAT(check.help, AllOf(HasSubstr("sasl.mechanism"), Not(HasSubstr("sasl.password"))));
}

TEST(AddConnectionChecks, AControllersListenerIsToldFromABrokers) {
  ConnectionAttempt attempt{{"CONNECT", "APIVERSION_QUERY", "UP"}, {}};
  attempt.peer = Peer::kController;
  const auto check = failure(kPlaintext, attempt);
  EXPECT_EQ(check.kind, CheckKind::kProtocol);
  EXPECT_THAT(check.detail, HasSubstr("listener of a controller"));
  EXPECT_THAT(check.help, HasSubstr("`servers` must name brokers"));
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
