#pragma once

#include "collectors/kafka/check/check_report.h"
#include "collectors/kafka/check/connection_probe.h"

#include <chrono>
#include <string>

/// Distinguishes failures of TLS, Kafka's protocol and SASL by the state in which a connection
/// broke, and explains them. Pure.
namespace kie::kafka {

/// The configured security.
struct Security {
  bool tls = false;
  bool sasl = false;
  bool has_client_certificate = false;
  /// The trusted CAs, as in "ssl.ca.location, /etc/kafka/ca.pem".
  std::string authorities;
};

/// Adds the checks of a connection, up to its last state. Returns the last check.
/// `waited`: how long it had.
CheckId add_connection_checks(CheckReport& report, const std::string& server,
                              const Security& security, const ConnectionAttempt& attempt,
                              std::chrono::milliseconds waited);

/// The same checks, skipped.
CheckId skip_connection_checks(CheckReport& report, const std::string& server,
                               const Security& security, CheckId waits_for);

}  // namespace kie::kafka
