#include "collectors/kafka/check/connection_checks.h"

#include "collectors/kafka/check/dial.h"
#include "collectors/kafka/rdkafka.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace kie::kafka {
namespace {

/// The error, and what to do.
struct Diagnosis {
  std::string detail;
  std::string help;
};

constexpr std::string_view kTlsHelp =
    "see that security.protocol is that of the listener; if it speaks TLS, ssl.ca.location must "
    "name the CA that signed the broker's certificate, which must name the host, and brokers that "
    "ask for a client's certificate need ssl.certificate.location and ssl.key.location";
constexpr std::string_view kProtocolHelp =
    "see that Kafka listens at this port and does not hang, and that security.protocol is that of "
    "the listener (plaintext, ssl, sasl_plaintext or sasl_ssl)";
constexpr std::string_view kSaslHelp =
    "see that sasl.mechanism is one that the listener offers, and that sasl.username and "
    "sasl.password are those of a user that the brokers know";

std::string_view protocol(bool tls, bool sasl) {
  if (sasl) return tls ? "sasl_ssl" : "sasl_plaintext";
  return tls ? "ssl" : "plaintext";
}

std::vector<CheckKind> kinds(const Security& security) {
  std::vector<CheckKind> kinds;
  if (security.tls) kinds.push_back(CheckKind::kTls);
  kinds.push_back(CheckKind::kProtocol);
  if (security.sasl) kinds.push_back(CheckKind::kSasl);
  return kinds;
}

/// The check of a connection's state; the first one before there is a connection.
CheckKind kind_of(std::string_view state, const Security& security) {
  if (state.starts_with("AUTH_") && security.sasl) return CheckKind::kSasl;
  if (state == "APIVERSION_QUERY" || state == "UP" || state.starts_with("AUTH_"))
    return CheckKind::kProtocol;
  return security.tls ? CheckKind::kTls : CheckKind::kProtocol;
}

std::string_view last_state(const ConnectionAttempt& attempt) {
  return attempt.states.empty() ? std::string_view{} : attempt.states.back();
}

bool says(const ConnectionAttempt& attempt, std::string_view words) {
  return attempt.error && attempt.error->text.find(words) != std::string::npos;
}

CheckKind broken_at(const ConnectionAttempt& attempt, const Security& security) {
  // With TLS 1.3 the client ends its handshake before the server checks its certificate, and only
  // OpenSSL's text distinguishes the refusal from a lost connection.
  if (security.tls && says(attempt, "SSL routines:")) return CheckKind::kTls;
  if (security.sasl && attempt.error && attempt.error->code == RD_KAFKA_RESP_ERR__AUTHENTICATION)
    return CheckKind::kSasl;
  return kind_of(last_state(attempt), security);
}

/// A listener with SASL lets every client connect and send ApiVersions, and nothing else.
bool wants_login(const ConnectionAttempt& attempt, const Security& security) {
  return attempt.was_closed_when_asked && !security.sasl;
}

bool is_good(const ConnectionAttempt& attempt, const Security& security) {
  return attempt.is_up() && attempt.peer != Peer::kController && !wants_login(attempt, security);
}

/// Whether the connection passed this check.
bool is_passed(CheckKind kind, const ConnectionAttempt& attempt) {
  return std::ranges::any_of(attempt.states, [&](const std::string& state) {
    return state == "UP" || state.starts_with("AUTH_") ||
           (kind == CheckKind::kTls && state == "APIVERSION_QUERY");
  });
}

/// librdkafka's text, as a note.
std::string in_parentheses(const std::string& words) { return " (" + words + ")"; }

std::string validity(const CertificateProblem& problem) {
  return fmt::format("it is valid from {} until {}", problem.not_before, problem.not_after);
}

/// "the certificate of kafka-1:9093 (CN=kafka-1)".
std::string whose(const std::string& server, const CertificateProblem& problem) {
  if (problem.is_of_authority)
    return fmt::format("the certificate of the CA ({}) of {}", problem.subject, server);
  return fmt::format("the certificate of {} ({})", server, problem.subject);
}

Diagnosis explain_certificate(const std::string& server, const Security& security,
                              const CertificateProblem& problem) {
  const auto certificate = whose(server, problem);
  const auto host = parse_target(server).host;
  switch (problem.fault) {
    case CertificateFault::kOtherName:
      return {problem.names.empty()
                  ? fmt::format("{} does not name {}, nor any other host", certificate, host)
                  : fmt::format("{} does not name {}; it names {}", certificate, host,
                                fmt::join(problem.names, ", ")),
              fmt::format("connect by a name that is in the certificate: in `servers`, and in the "
                          "brokers' advertised.listeners; or let the broker have a certificate "
                          "whose subjectAltName has {}",
                          host)};
    case CertificateFault::kExpired:
      return {fmt::format("{} has expired: {}", certificate, validity(problem)),
              problem.is_of_authority
                  ? "renew the CA's certificate, and see that this machine's clock is right"
                  : "renew the broker's certificate, and see that this machine's clock is right"};
    case CertificateFault::kNotYetValid:
      return {fmt::format("{} is not valid yet: {}", certificate, validity(problem)),
              "see that the clocks of this machine and of the one that issued the certificate "
              "are right, or let the broker have its old certificate until then"};
    case CertificateFault::kUnknownAuthority:
      return {
          fmt::format("{} is signed by {}, which is not among the CAs that are trusted here ({})",
                      certificate, problem.subject == problem.issuer ? "itself" : problem.issuer,
                      security.authorities),
          "let ssl.ca.location name a PEM file with the CA that has signed the brokers' "
          "certificates; if it does, see which server answers at this address"};
    case CertificateFault::kOther:
      break;
  }
  return {fmt::format("{} cannot be verified: {}", certificate, problem.reason),
          std::string(kTlsHelp)};
}

/// TLS alerts with which a server refuses a client for its certificate, or for a missing one.
bool is_about_client_certificate(const ConnectionAttempt& attempt) {
  // bad_certificate to certificate_unknown, unknown_ca, access_denied, decrypt_error,
  // certificate_required
  static constexpr std::array kAlerts{42, 43, 44, 45, 46, 48, 49, 51, 116};
  return std::ranges::any_of(kAlerts, [&](int alert) {
    return attempt.error &&
           attempt.error->text.find(fmt::format("SSL alert number {}", alert)) != std::string::npos;
  });
}

Diagnosis explain_tls(const std::string& server, const Security& security,
                      const ConnectionAttempt& attempt, const std::string& words) {
  if (is_about_client_certificate(attempt) && !security.has_client_certificate)
    return {fmt::format("{} asks for a client's certificate, and none is configured", server) +
                in_parentheses(words),
            "set ssl.certificate.location and ssl.key.location, or ssl.keystore.location, to a "
            "certificate that the brokers trust and its key"};
  if (is_about_client_certificate(attempt))
    return {fmt::format("{} refuses this client's certificate", server) + in_parentheses(words),
            "see that a CA which the brokers trust (their ssl.truststore.location) has signed the "
            "certificate, and that it has not expired; the broker's log has the reason"};
  // Only now: without verification a certificate with a problem is accepted.
  if (attempt.certificate) return explain_certificate(server, security, *attempt.certificate);
  if (last_state(attempt) == "SSL_HANDSHAKE" &&
      (says(attempt, "Disconnected") || says(attempt, "wrong version number") ||
       says(attempt, "Connection reset")))
    return {fmt::format("{} does not answer in TLS", server) + in_parentheses(words),
            fmt::format("set security.protocol to {} if this listener is one without TLS, or take "
                        "the port of one with TLS",
                        protocol(false, security.sasl))};
  return {words, std::string(kTlsHelp)};
}

Diagnosis explain_protocol(const std::string& server, const Security& security,
                           const ConnectionAttempt& attempt, const std::string& words) {
  if (attempt.peer == Peer::kController)
    return {
        fmt::format("{} is the listener of a controller (KRaft), which does not answer Metadata",
                    server),
        "`servers` must name brokers, with the port of a listener for clients and not one of "
        "controller.listener.names"};
  if (wants_login(attempt, security))
    return {fmt::format("{} wants a login (SASL): it closes the connection at the first request "
                        "without one",
                        server) +
                in_parentheses(words),
            fmt::format("set security.protocol to {}, sasl.mechanism to one that the listener "
                        "offers, and sasl.username and sasl.password",
                        protocol(security.tls, true))};
  const bool was_closed = last_state(attempt) == "APIVERSION_QUERY" &&
                          (says(attempt, "Disconnected") || says(attempt, "Connection reset"));
  // For a server with TLS the request is a broken handshake. Its alert is then read as the size of
  // an answer.
  if (!security.tls && (was_closed || says(attempt, "Invalid response size")))
    return {
        fmt::format("{} does not answer in plaintext, as a listener with TLS does not", server) +
            in_parentheses(words),
        fmt::format("set security.protocol to {} if this listener is one with TLS, or take the "
                    "port of one without; see that it is a port of Kafka's",
                    protocol(true, security.sasl))};
  if (was_closed && !security.has_client_certificate)
    return {words, std::string(kProtocolHelp) +
                       "; if it asks for clients' certificates, set ssl.certificate.location and "
                       "ssl.key.location"};
  return {words, std::string(kProtocolHelp)};
}

Diagnosis explain_sasl(const std::string& server, const Security& security,
                       const ConnectionAttempt& attempt, const std::string& words) {
  if (says(attempt, "Request not valid in current SASL state"))
    return {fmt::format("{} is a listener without login (SASL)", server) + in_parentheses(words),
            fmt::format("set security.protocol to {}, or take the port of a listener with SASL",
                        protocol(security.tls, false))};
  if (says(attempt, "Unsupported SASL mechanism"))
    return {words, "set sasl.mechanism to one of those that the listener supports"};
  return {words, std::string(kSaslHelp)};
}

Diagnosis explain(CheckKind kind, const std::string& server, const Security& security,
                  const ConnectionAttempt& attempt, const std::string& words) {
  switch (kind) {
    case CheckKind::kTls:
      return explain_tls(server, security, attempt, words);
    case CheckKind::kSasl:
      return explain_sasl(server, security, attempt, words);
    default:
      return explain_protocol(server, security, attempt, words);
  }
}

}  // namespace

CheckId add_connection_checks(CheckReport& report, const std::string& server,
                              const Security& security, const ConnectionAttempt& attempt,
                              std::chrono::milliseconds waited) {
  const bool good = is_good(attempt, security);
  const auto broken = broken_at(attempt, security);
  CheckId last = 0;
  bool is_broken = false;
  for (const auto kind : kinds(security)) {
    if (is_broken) {
      last = report.skipped(kind, server, last);
    } else if (good || (kind != broken && is_passed(kind, attempt))) {
      last = report.ok(kind, server, "");
    } else if (kind != broken) {
      // A login may fail before there is a connection, without a token.
      last = report.skipped(kind, server, "no connection was made");
    } else {
      is_broken = true;
      auto failure = explain(kind, server, security, attempt,
                             attempt.error ? attempt.error->text
                                           : fmt::format("no answer within {} ms", waited.count()));
      last = report.failed(kind, server, std::move(failure.detail), std::move(failure.help));
    }
  }
  return last;
}

CheckId skip_connection_checks(CheckReport& report, const std::string& server,
                               const Security& security, CheckId waits_for) {
  CheckId last = waits_for;
  for (const auto kind : kinds(security)) last = report.skipped(kind, server, waits_for);
  return last;
}

}  // namespace kie::kafka
