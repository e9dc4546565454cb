#pragma once

#include "collectors/kafka/client.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kie::kafka {

/// How far a connection to one server came.
struct ConnectionAttempt {
  /// The states of the connection in librdkafka's words (CONNECT, SSL_HANDSHAKE, APIVERSION_QUERY,
  /// AUTH_HANDSHAKE, AUTH_REQ, UP), until it was up or first broke.
  std::vector<std::string> states;
  /// What librdkafka said when it broke; nullopt if the time was over before.
  std::optional<Error> error;

  bool is_up() const { return !states.empty() && states.back() == "UP"; }
};

/// A client of its own that is pointed at one server and connects to it, to see how far it comes.
class ConnectionProbe {
 public:
  using Clock = std::chrono::steady_clock;

  /// Begins to connect. `cluster`: how; its servers do not matter.
  static Result<ConnectionProbe> start(config::Cluster cluster, const std::string& server);
  ConnectionProbe(ConnectionProbe&&) noexcept;
  ~ConnectionProbe();

  /// Blocks until the connection is up, has broken, or until the deadline.
  ConnectionAttempt wait(Clock::time_point deadline);

 private:
  class Watch;
  ConnectionProbe(std::unique_ptr<Watch> watch, Client client);

  // librdkafka tells it states until the client is gone, so it must be destroyed after it.
  std::unique_ptr<Watch> watch_;
  Client client_;
};

}  // namespace kie::kafka
