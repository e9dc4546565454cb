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
  /// HOST:PORT, [IPV6]:PORT, :PORT for all address families, or unix:PATH. Port 0: any free port.
  std::vector<std::string> listen_addresses;
  /// Each has a thread of its own; other connections wait.
  int max_connections = 64;
  /// A request must be complete within this time. A client that reads nothing of its response for
  /// so long is disconnected, and so is one that has not read all of it after this time and a
  /// second for each 64 KiB.
  std::chrono::milliseconds request_timeout{5000};
  bool keep_alive = true;
};

/// Called from the server's threads, several at a time. An exception becomes a 500.
using Handler = std::function<Response(const Request&)>;
/// Receives CivetWeb's log lines. Called from the server's threads.
using ServerLogSink = std::function<void(std::string_view line)>;

/// CivetWeb with one handler for every path: HTTP/1.1, keep-alive, HEAD as GET without the body.
class Server {
 public:
  /// Starts to listen, or returns the error.
  static tl::expected<Server, std::string> start(const ServerOptions& options, Handler handler,
                                                 ServerLogSink log);

  /// The ports in use, in the order of the addresses, also for port 0; none for a Unix socket.
  std::vector<int> ports() const;

  /// Finishes the requests in progress (at most request_timeout) and closes.
  void stop();

 private:
  struct Shared {
    Handler handler;
    ServerLogSink log;
    std::chrono::milliseconds request_timeout{};
    std::mutex mutex;
    /// CivetWeb's first log line: the reason if it cannot listen.
    std::string first_line;
  };
  struct ContextDeleter {
    void operator()(mg_context* context) const noexcept;
  };

  static int on_request(mg_connection* connection, void* shared) noexcept;
  static int on_log(const mg_connection* connection, const char* line) noexcept;

  explicit Server(std::unique_ptr<Shared> shared) : shared_(std::move(shared)) {}

  // CivetWeb's threads use it until the context is destroyed, so it must be destroyed last.
  std::unique_ptr<Shared> shared_;
  std::unique_ptr<mg_context, ContextDeleter> context_;
};

}  // namespace kie::http
