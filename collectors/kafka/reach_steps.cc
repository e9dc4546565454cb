#include "collectors/kafka/reach_steps.h"

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

std::vector<StepKind> kinds(Security security) {
  std::vector<StepKind> kinds;
  if (security.tls) kinds.push_back(StepKind::kTls);
  kinds.push_back(StepKind::kProtocol);
  if (security.sasl) kinds.push_back(StepKind::kSasl);
  return kinds;
}

/// The step that a state belongs to; the first one for a connection that is not there yet.
StepKind kind_of(const std::string& state, Security security) {
  if (state.starts_with("AUTH_") && security.sasl) return StepKind::kSasl;
  if (state == "APIVERSION_QUERY" || state.starts_with("AUTH_")) return StepKind::kProtocol;
  return security.tls ? StepKind::kTls : StepKind::kProtocol;
}

StepKind broken_at(const Reach& reach, Security security) {
  const auto kind = kind_of(reach.states.empty() ? "" : reach.states.back(), security);
  // With TLS 1.3 the client is through with its handshake before the server judges its certificate,
  // and OpenSSL's words are all that tells the refusal from a connection that was lost.
  if (security.tls && reach.error && reach.error->text.find("SSL routines:") != std::string::npos)
    return StepKind::kTls;
  if (security.sasl && reach.error && reach.error->code == RD_KAFKA_RESP_ERR__AUTHENTICATION)
    return StepKind::kSasl;
  return kind;
}

/// Whether the connection came further than this step.
bool is_passed(StepKind kind, const Reach& reach) {
  return std::ranges::any_of(reach.states, [&](const std::string& state) {
    return state == "UP" || state.starts_with("AUTH_") ||
           (kind == StepKind::kTls && state == "APIVERSION_QUERY");
  });
}

const char* help_for(StepKind kind) {
  if (kind == StepKind::kTls) return kTlsHelp;
  return kind == StepKind::kSasl ? kSaslHelp : kProtocolHelp;
}

}  // namespace

Steps::At add_reach(Steps& steps, const std::string& server, Security security, const Reach& reach,
                    std::chrono::milliseconds waited) {
  const auto broken = broken_at(reach, security);
  Steps::At last = 0;
  bool is_broken = false;
  for (const auto kind : kinds(security)) {
    if (is_broken) {
      last = steps.skipped(kind, server, last);
    } else if (reach.is_up() || (kind != broken && is_passed(kind, reach))) {
      last = steps.ok(kind, server, "");
    } else if (kind != broken) {
      // A login may fail before there is a connection, for want of a token.
      last = steps.skipped(kind, server, "no connection was made");
    } else {
      is_broken = true;
      last = steps.failed(
          kind, server,
          reach.error ? reach.error->text : fmt::format("no answer within {} ms", waited.count()),
          help_for(kind));
    }
  }
  return last;
}

Steps::At skip_reach(Steps& steps, const std::string& server, Security security,
                     Steps::At waits_for) {
  Steps::At last = waits_for;
  for (const auto kind : kinds(security)) last = steps.skipped(kind, server, waits_for);
  return last;
}

}  // namespace kie::kafka
