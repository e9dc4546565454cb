#pragma once

#include "collectors/kafka/check/check_report.h"
#include "collectors/kafka/check/connection_probe.h"

#include <chrono>
#include <string>

/// Tells TLS, Kafka's protocol and SASL apart by the state in which a connection broke. Pure.
namespace kie::kafka {

/// What security.protocol asks for.
struct Security {
  bool tls = false;
  bool sasl = false;
};

/// Adds the checks that a connection has, as far as it came. Returns the last one.
/// `waited`: how long it was given.
CheckId add_connection_checks(CheckReport& report, const std::string& server, Security security,
                              const ConnectionAttempt& attempt, std::chrono::milliseconds waited);

/// The same checks, skipped.
CheckId skip_connection_checks(CheckReport& report, const std::string& server, Security security,
                               CheckId waits_for);

}  // namespace kie::kafka
