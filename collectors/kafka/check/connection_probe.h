#pragma once

#include "collectors/kafka/check/certificate.h"
#include "collectors/kafka/client.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kie::kafka {

/// The kind of server at the other end of a connection.
enum class Peer : std::uint8_t {
  /// It has not answered ApiVersions.
  kUnknown,
  kBroker,
  /// A KRaft controller, which does not support Metadata.
  kController,
};

/// How far a connection to one server came.
struct ConnectionAttempt {
  /// The states of the connection as named by librdkafka (CONNECT, SSL_HANDSHAKE, APIVERSION_QUERY,
  /// AUTH_HANDSHAKE, AUTH_REQ, UP), until it was up or first broke.
  std::vector<std::string> states;
  /// librdkafka's error when it broke; nullopt if the time was over before.
  std::optional<Error> error;
  /// Why the server's certificate was refused.
  std::optional<CertificateProblem> certificate;
  /// It was up, and the server closed it at the Metadata request.
  bool was_closed_when_asked = false;
  Peer peer = Peer::kUnknown;
  /// Source: Metadata of this server. nullopt: no answer, or no id.
  std::optional<std::string> cluster_id;

  bool is_up() const { return !states.empty() && states.back() == "UP"; }
};

/// A client that connects to one server, to find out how far the connection comes and what kind of
/// server it is.
class ConnectionProbe {
 public:
  /// Begins to connect. `cluster`: the security settings; its servers are ignored.
  static Result<ConnectionProbe> start(config::ClusterConfig cluster, const std::string& server);
  ConnectionProbe(ConnectionProbe&&) noexcept;
  ~ConnectionProbe();

  /// Sends the next request and receives answers; does not block. True when the kind of server is
  /// known, or the connection has broken: nothing more will come. `left`: the time until the caller
  /// stops waiting.
  bool advance(std::chrono::milliseconds left);

  /// The result after the last advance().
  ConnectionAttempt result() const;

 private:
  class Watch;
  class Requests;
  ConnectionProbe(std::unique_ptr<Watch> watch, KafkaClient client);

  // librdkafka reports states to it until the client is destroyed, so it must be destroyed later.
  std::unique_ptr<Watch> watch_;
  KafkaClient client_;
  std::unique_ptr<Requests> requests_;
  std::optional<Error> error_;
};

/// Connects to the wanted servers, and waits for each at most so long. The others have no attempt,
/// and none has if librdkafka refuses the configuration.
/// Thread: any. Blocks.
std::vector<std::optional<ConnectionAttempt>> probe_connections(
    const config::ClusterConfig& cluster, const std::vector<std::string>& servers,
    const std::function<bool(std::size_t)>& wanted, std::chrono::milliseconds patience);

}  // namespace kie::kafka
