#pragma once

#include "collectors/kafka/check/check_report.h"
#include "collectors/kafka/check/connection_probe.h"

#include <chrono>
#include <string>

/// Tells TLS, Kafka's protocol and SASL apart by the state in which a connection broke, and says
/// what each failure means. Pure.
namespace kie::kafka {

/// What the configuration asks for.
struct Security {
  bool tls = false;
  bool sasl = false;
  bool has_client_certificate = false;
  /// Which CAs are trusted, as in "ssl.ca.location, /etc/kafka/ca.pem".
  std::string authorities;
};

/// Adds the checks that a connection has, as far as it came. Returns the last one.
/// `waited`: how long it was given.
CheckId add_connection_checks(CheckReport& report, const std::string& server,
                              const Security& security, const ConnectionAttempt& attempt,
                              std::chrono::milliseconds waited);

/// The same checks, skipped.
CheckId skip_connection_checks(CheckReport& report, const std::string& server,
                               const Security& security, CheckId waits_for);

}  // namespace kie::kafka
