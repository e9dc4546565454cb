#include "collectors/kafka/check/connection_checks.h"

#include "collectors/kafka/rdkafka.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace kie::kafka {
namespace {

constexpr const char* kTlsHelp =
    "see that security.protocol is that of the listener; if it speaks TLS, ssl.ca.location must "
    "name the CA that signed the broker's certificate, which must name the host, and brokers that "
    "ask for a client's certificate need ssl.certificate.location and ssl.key.location";
constexpr const char* kProtocolHelp =
    "see that Kafka listens at this port and does not hang, and that security.protocol is that of "
    "the listener (plaintext, ssl, sasl_plaintext or sasl_ssl)";
constexpr const char* kSaslHelp =
    "see that sasl.mechanism is one that the listener offers, and that sasl.username and "
    "sasl.password are those of a user that the brokers know";

std::vector<CheckKind> kinds(Security security) {
  std::vector<CheckKind> kinds;
  if (security.tls) kinds.push_back(CheckKind::kTls);
  kinds.push_back(CheckKind::kProtocol);
  if (security.sasl) kinds.push_back(CheckKind::kSasl);
  return kinds;
}

/// The check that a state belongs to; the first one for a connection that is not there yet.
CheckKind kind_of(const std::string& state, Security security) {
  if (state.starts_with("AUTH_") && security.sasl) return CheckKind::kSasl;
  if (state == "APIVERSION_QUERY" || state.starts_with("AUTH_")) return CheckKind::kProtocol;
  return security.tls ? CheckKind::kTls : CheckKind::kProtocol;
}

CheckKind broken_at(const ConnectionAttempt& attempt, Security security) {
  const auto kind = kind_of(attempt.states.empty() ? "" : attempt.states.back(), security);
  // With TLS 1.3 the client is through with its handshake before the server judges its certificate,
  // and OpenSSL's words are all that tells the refusal from a connection that was lost.
  if (security.tls && attempt.error &&
      attempt.error->text.find("SSL routines:") != std::string::npos)
    return CheckKind::kTls;
  if (security.sasl && attempt.error && attempt.error->code == RD_KAFKA_RESP_ERR__AUTHENTICATION)
    return CheckKind::kSasl;
  return kind;
}

/// Whether the connection came further than this step.
bool is_passed(CheckKind kind, const ConnectionAttempt& attempt) {
  return std::ranges::any_of(attempt.states, [&](const std::string& state) {
    return state == "UP" || state.starts_with("AUTH_") ||
           (kind == CheckKind::kTls && state == "APIVERSION_QUERY");
  });
}

const char* help_for(CheckKind kind) {
  if (kind == CheckKind::kTls) return kTlsHelp;
  return kind == CheckKind::kSasl ? kSaslHelp : kProtocolHelp;
}

}  // namespace

CheckId add_connection_checks(CheckReport& report, const std::string& server, Security security,
                              const ConnectionAttempt& attempt, std::chrono::milliseconds waited) {
  const auto broken = broken_at(attempt, security);
  CheckId last = 0;
  bool is_broken = false;
  for (const auto kind : kinds(security)) {
    if (is_broken) {
      last = report.skipped(kind, server, last);
    } else if (attempt.is_up() || (kind != broken && is_passed(kind, attempt))) {
      last = report.ok(kind, server, "");
    } else if (kind != broken) {
      // A login may fail before there is a connection, for want of a token.
      last = report.skipped(kind, server, "no connection was made");
    } else {
      is_broken = true;
      last = report.failed(kind, server,
                           attempt.error ? attempt.error->text
                                         : fmt::format("no answer within {} ms", waited.count()),
                           help_for(kind));
    }
  }
  return last;
}

CheckId skip_connection_checks(CheckReport& report, const std::string& server, Security security,
                               CheckId waits_for) {
  CheckId last = waits_for;
  for (const auto kind : kinds(security)) last = report.skipped(kind, server, waits_for);
  return last;
}

}  // namespace kie::kafka
