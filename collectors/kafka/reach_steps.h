#pragma once

#include "collectors/kafka/probe.h"
#include "collectors/kafka/step.h"

#include <chrono>
#include <string>

/// Tells TLS, Kafka's protocol and SASL apart by the state in which a connection broke. Pure.
namespace kie::kafka {

/// What security.protocol asks for.
struct Security {
  bool tls = false;
  bool sasl = false;
};

/// Adds the steps that a connection has, as far as it came. Returns the last one.
/// `waited`: how long it was given.
Steps::At add_reach(Steps& steps, const std::string& server, Security security, const Reach& reach,
                    std::chrono::milliseconds waited);

/// The same steps, skipped.
Steps::At skip_reach(Steps& steps, const std::string& server, Security security,
                     Steps::At waits_for);

}  // namespace kie::kafka
