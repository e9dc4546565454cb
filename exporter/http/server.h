#pragma once

#include "exporter/http/message.h"

#include <tl/expected.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

struct mg_connection;
struct mg_context;

namespace kie::http {

struct ServerOptions {
  /// HOST:PORT, [IPV6]:PORT, :PORT for every family there is, or unix:PATH. Port 0: one that is
  /// free.
  std::vector<std::string> listen_addresses;
  /// Each has a thread of its own; more connections wait.
  int max_connections = 64;
  /// Within it a request has to come in full; a client that takes nothing for as long is cut off.
  std::chrono::milliseconds request_timeout{5000};
  bool keep_alive = true;
};

/// Called from the server's threads, several at a time. What it throws becomes a 500.
using Handler = std::function<Response(const Request&)>;
/// Takes CivetWeb's own complaints. Called from the server's threads.
using ServerLogSink = std::function<void(std::string_view line)>;

/// CivetWeb with one handler for every path: HTTP/1.1, keep-alive, HEAD as GET without the body.
class Server {
 public:
  /// Listens from here on, or says why it cannot.
  static tl::expected<Server, std::string> start(const ServerOptions& options, Handler handler,
                                                 ServerLogSink log);

  /// The ports that are listened on, in the order of the addresses, also where 0 was asked for; of
  /// a Unix socket none.
  std::vector<int> ports() const;

  /// Finishes the requests under way (at most request_timeout) and closes.
  void stop();

 private:
  struct Shared {
    Handler handler;
    ServerLogSink log;
    std::chrono::milliseconds body_timeout{};
    std::mutex mutex;
    /// What CivetWeb complained of first: why it cannot listen, when it cannot.
    std::string first_line;
  };
  struct ContextDeleter {
    void operator()(mg_context* context) const noexcept;
  };

  static int on_request(mg_connection* connection, void* shared) noexcept;
  static int on_log(const mg_connection* connection, const char* line) noexcept;

  explicit Server(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}

  // CivetWeb's threads use it until the context is gone, so it must be destroyed last.
  std::unique_ptr<Shared> shared_;
  std::unique_ptr<mg_context, ContextDeleter> context_;
};

}  // namespace kie::http
