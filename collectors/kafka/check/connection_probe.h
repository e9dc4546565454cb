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

/// What is at the other end of a connection.
enum class Peer : std::uint8_t {
  /// It has not said which requests it knows.
  kUnknown,
  kBroker,
  /// Of KRaft: it knows the requests of controllers, and Metadata is not among them.
  kController,
};

/// How far a connection to one server came.
struct ConnectionAttempt {
  /// The states of the connection in librdkafka's words (CONNECT, SSL_HANDSHAKE, APIVERSION_QUERY,
  /// AUTH_HANDSHAKE, AUTH_REQ, UP), until it was up or first broke.
  std::vector<std::string> states;
  /// What librdkafka said when it broke; nullopt if the time was over before.
  std::optional<Error> error;
  /// Why the server's certificate was refused.
  std::optional<CertificateProblem> certificate;
  /// It was up, and the server closed it when it was asked for Metadata.
  bool was_closed_when_asked = false;
  Peer peer = Peer::kUnknown;
  /// Source: Metadata of this server. nullopt: it gave no answer, or has no id.
  std::optional<std::string> cluster_id;

  bool is_up() const { return !states.empty() && states.back() == "UP"; }
};

/// A client of its own that is pointed at one server and connects to it, to see how far it comes
/// and what is there.
class ConnectionProbe {
 public:
  /// Begins to connect. `cluster`: how; its servers do not matter.
  static Result<ConnectionProbe> start(config::ClusterConfig cluster, const std::string& server);
  ConnectionProbe(ConnectionProbe&&) noexcept;
  ~ConnectionProbe();

  /// Sends what is next and takes what has come; does not block. True once the server has said what
  /// it is, or the connection has broken: there is nothing more to come. `left`: until nobody will
  /// wait any longer.
  bool advance(std::chrono::milliseconds left);

  /// How far it came, after the last advance().
  ConnectionAttempt result() const;

 private:
  class Watch;
  class Requests;
  ConnectionProbe(std::unique_ptr<Watch> watch, KafkaClient client);

  // librdkafka tells it states until the client is gone, so it must be destroyed after it.
  std::unique_ptr<Watch> watch_;
  KafkaClient client_;
  std::unique_ptr<Requests> requests_;
  std::optional<Error> error_;
};

/// Connects to those of the servers that are wanted, and waits for each at most so long. The others
/// have no attempt, and none has if librdkafka refuses the configuration.
/// Thread: any. Blocks.
std::vector<std::optional<ConnectionAttempt>> probe_connections(
    const config::ClusterConfig& cluster, const std::vector<std::string>& servers,
    const std::function<bool(std::size_t)>& wanted, std::chrono::milliseconds patience);

}  // namespace kie::kafka
