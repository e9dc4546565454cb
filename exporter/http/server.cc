#include "exporter/http/server.h"

#include "exporter/http/listening.h"
#include "exporter/http/uri.h"

#include <civetweb.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <span>

namespace kie::http {
namespace {

using Clock = std::chrono::steady_clock;

/// mg_init_library counts its users; a process needs only one call.
void init_library_once() {
  static const auto ready = mg_init_library(MG_FEATURES_DEFAULT);
  static_cast<void>(ready);
}

/// A process that was killed leaves its socket, and no other one could listen there.
void remove_dead_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return;
  std::ranges::copy(path, std::begin(address.sun_path));
  struct stat status{};
  if (stat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return;
  const bool is_dead =
      connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 &&
      errno == ECONNREFUSED;
  close(probe);
  if (is_dead) unlink(path.c_str());
}

std::size_t body_size(const Response& response) {
  auto size = response.body.size();
  for (const auto part : response.rest) size += part.size();
  return size;
}

/// Calls `add` with the name and the value of each header.
template <class Add>
void for_each_header(const Response& response, Add add) {
  add("Content-Type", response.content_type);
  add("Content-Length", std::to_string(body_size(response)));
  if (!response.content_encoding.empty()) add("Content-Encoding", response.content_encoding);
  if (!response.vary.empty()) add("Vary", response.vary);
  if (!response.allow.empty()) add("Allow", response.allow);
  if (response.retry_after) add("Retry-After", std::to_string(response.retry_after->count()));
  add("X-Content-Type-Options", "nosniff");
}

/// Uses mg_response_header_*, as only CivetWeb knows whether the connection is kept: if a handler
/// sets the header itself, or does not, clients hang.
void write_head(mg_connection* connection, const Response& response) {
  mg_response_header_start(connection, response.status);
  for_each_header(response, [&](const char* name, std::string_view value) {
    mg_response_header_add(connection, name, value.data(), static_cast<int>(value.size()));
  });
  mg_response_header_send(connection);
}

/// After 100 Continue CivetWeb sends no headers, and the connection is not kept.
void write_last_head(mg_connection* connection, const Response& response) {
  auto head = fmt::format("HTTP/1.1 {} {}\r\n", response.status,
                          mg_get_response_code_text(connection, response.status));
  for_each_header(response, [&](const char* name, std::string_view value) {
    fmt::format_to(std::back_inserter(head), "{}: {}\r\n", name, value);
  });
  fmt::format_to(std::back_inserter(head),
                 "Date: {:%a, %d %b %Y %H:%M:%S} GMT\r\nConnection: close\r\n\r\n",
                 fmt::gmtime(std::chrono::system_clock::now()));
  mg_write(connection, head.data(), head.size());
}

/// Writes a body in slices until a deadline: CivetWeb's own timeout starts again with each byte
/// that the client reads.
class BodyWriter {
 public:
  BodyWriter(mg_connection* connection, Clock::time_point deadline)
      : connection_(connection), deadline_(deadline) {}

  /// Collects small parts, to avoid a packet for each; false: the client is gone or too slow.
  bool write(std::string_view part) {
    if (slice_.size() + part.size() > kSlice && !flush()) return false;
    for (; part.size() > kSlice; part.remove_prefix(kSlice))
      if (!send(part.substr(0, kSlice))) return false;
    slice_ += part;
    return true;
  }

  /// Sends what was collected.
  bool flush() {
    const bool sent = slice_.empty() || send(slice_);
    slice_.clear();
    return sent;
  }

 private:
  /// Within a slice only CivetWeb measures the time, so a slice is not large.
  static constexpr std::size_t kSlice = 16 << 10;

  /// mg_write returns less than it was given if the client stops to read in the middle.
  bool send(std::string_view slice) {
    return Clock::now() < deadline_ &&
           mg_write(connection_, slice.data(), slice.size()) == static_cast<int>(slice.size());
  }

  mg_connection* connection_;
  Clock::time_point deadline_;
  std::string slice_;
};

/// Disconnects a client that is slower than kLeastRate: its response keeps an old page in memory.
void write_body(mg_connection* connection, const Response& response,
                std::chrono::milliseconds timeout) {
  /// Bytes per second.
  constexpr std::size_t kLeastRate = 64 << 10;
  const std::chrono::seconds longest{body_size(response) / kLeastRate};
  BodyWriter writer{connection, Clock::now() + timeout + longest};
  const bool is_sent =
      writer.write(response.body) &&
      std::ranges::all_of(response.rest, [&](auto part) { return writer.write(part); }) &&
      writer.flush();
  // The next response would be read as the rest of this one.
  if (!is_sent) mg_disable_connection_keep_alive(connection);
}

/// Whether the client waits for 100 Continue before it sends the body (RFC 9110, 10.1.1).
bool expects_continue(mg_connection* connection) {
  const char* expected = mg_get_header(connection, "Expect");
  return expected != nullptr && strcasecmp(expected, "100-continue") == 0;
}

/// `continued`: set if 100 Continue was sent.
tl::expected<std::string, BodyError> read_body(mg_connection* connection, std::size_t limit,
                                               std::chrono::milliseconds timeout, bool& continued) {
  const auto* info = mg_get_request_info(connection);
  if (info->content_length > 0 && static_cast<std::size_t>(info->content_length) > limit)
    return tl::make_unexpected(BodyError::kTooLarge);
  constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  continued = expects_continue(connection);
  if (continued) mg_write(connection, kContinue.data(), kContinue.size());
  const auto until = Clock::now() + timeout;
  std::string body;
  std::vector<char> part(64 << 10);
  while (true) {
    const int count = mg_read(connection, part.data(), part.size());
    if (count < 0) return tl::make_unexpected(BodyError::kCutOff);
    if (count == 0) break;
    if (body.size() + static_cast<std::size_t>(count) > limit)
      return tl::make_unexpected(BodyError::kTooLarge);
    body.append(part.data(), static_cast<std::size_t>(count));
    // Each part may take as long as the whole body.
    if (Clock::now() > until) return tl::make_unexpected(BodyError::kTooSlow);
  }
  if (info->content_length > 0 && body.size() != static_cast<std::size_t>(info->content_length))
    return tl::make_unexpected(BodyError::kCutOff);
  return body;
}

std::string_view text_or_empty(const char* text) {
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

/// Joins a list header of several lines (RFC 9110, 5.2).
std::string whole_header(const mg_request_info& info, const char* name) {
  std::string whole;
  for (const auto& header : std::span{info.http_headers}.first(std::size_t(info.num_headers))) {
    if (strcasecmp(header.name, name) != 0) continue;
    if (!whole.empty()) whole += ", ";
    whole += text_or_empty(header.value);
  }
  return whole;
}

/// Whether it is certain where the request ends. A proxy in front may take another of two lengths,
/// and what follows for another request (RFC 9112, 6.3).
bool has_certain_end(const mg_request_info& info) {
  const auto length = whole_header(info, "Content-Length");
  const bool is_number = length.find_first_not_of("0123456789") == std::string::npos;
  return is_number && (length.empty() || whole_header(info, "Transfer-Encoding").empty());
}

}  // namespace

void Server::ContextDeleter::operator()(mg_context* context) const noexcept { mg_stop(context); }

int Server::on_request(mg_connection* connection, void* data) noexcept {
  const auto& shared = *static_cast<const Shared*>(data);
  const auto* info = mg_get_request_info(connection);
  Response response;
  bool continued = false;
  try {
    const auto sent_path = text_or_empty(info->local_uri);
    // A path that cannot be decoded is not that of a page.
    const auto path = percent_decode(sent_path).value_or(std::string{sent_path});
    const auto accept_encoding = whole_header(*info, "Accept-Encoding");
    const auto accept = whole_header(*info, "Accept");
    const auto content_encoding = whole_header(*info, "Content-Encoding");
    const Request request{
        .method = text_or_empty(info->request_method),
        .path = path,
        .accept_encoding = accept_encoding,
        .accept = accept,
        .raw_path = text_or_empty(info->local_uri_raw),
        .query = text_or_empty(info->query_string),
        .authorization = text_or_empty(mg_get_header(connection, "Authorization")),
        .content_encoding = content_encoding,
        .read_body = [&](std::size_t limit) {
          return read_body(connection, limit, shared.request_timeout, continued);
        }};
    const bool is_certain = has_certain_end(*info);
    // What was not read would be the next request.
    if (!is_certain || expects_continue(connection)) mg_disable_connection_keep_alive(connection);
    response = is_certain ? shared.handler(request)
                          : make_response(400, "Content-Length: one number, and no chunks\n");
    (continued ? write_last_head : write_head)(connection, response);
    if (request.method != "HEAD") write_body(connection, response, shared.request_timeout);
  } catch (const std::exception& error) {
    mg_send_http_error(connection, 500, "%s", "internal error");
    on_log(connection, error.what());
  } catch (...) {
    mg_send_http_error(connection, 500, "%s", "internal error");
  }
  return response.status;
}

int Server::on_log(const mg_connection* connection, const char* line) noexcept {
  auto* shared = static_cast<Shared*>(mg_get_user_data(mg_get_context(connection)));
  if (shared == nullptr) return 1;
  try {
    {
      const std::scoped_lock lock{shared->mutex};
      if (shared->first_line.empty()) shared->first_line = line;
    }
    shared->log(line);
  } catch (...) {  // NOLINT(bugprone-empty-catch): C is above us, and the log itself has failed
  }
  return 1;
}

tl::expected<Server, std::string> Server::start(const ServerOptions& options, Handler handler,
                                                ServerLogSink log) {
  init_library_once();
  Server server{std::make_unique<Shared>()};
  server.shared_->handler = std::move(handler);
  server.shared_->log = std::move(log);
  server.shared_->request_timeout = options.request_timeout;

  for (const auto& address : options.listen_addresses) {
    if (!address.starts_with(kUnix)) continue;
    if (mg_check_feature(MG_FEATURES_X_DOMAIN_SOCKET) == 0)
      return tl::make_unexpected(fmt::format(
          "cannot listen on {}: this CivetWeb was built without Unix sockets", address));
    remove_dead_socket(address.substr(kUnix.size()));
  }
  const auto ports = listening_ports(options.listen_addresses, has_ipv6());
  if (!ports) return tl::make_unexpected(ports.error());
  const std::string threads = std::to_string(options.max_connections);
  const std::string timeout = std::to_string(options.request_timeout.count());
  const std::array<const char*, 19> settings{
      "listening_ports", ports->c_str(), "num_threads", threads.c_str(), "request_timeout_ms",
      timeout.c_str(), "enable_keep_alive", options.keep_alive ? "yes" : "no",
      "keep_alive_timeout_ms", timeout.c_str(),
      // Head and body are sent separately; Nagle's algorithm would delay the body by 40 ms.
      "tcp_nodelay", "1",
      // No scrape has more than CivetWeb's 16 KiB of headers.
      "max_request_size", "16384",
      // Whatever name we have: clients behind a proxy send it in the request's first line.
      "enable_auth_domain_check", "no",
      // It would decode local_uri_raw, too, and "%2F" would be the same as a slash.
      "decode_url", "no", nullptr};

  mg_callbacks callbacks{};
  callbacks.log_message = on_log;
  std::array<char, 256> text{};
  mg_init_data init{};
  init.callbacks = &callbacks;
  init.user_data = server.shared_.get();
  // CivetWeb's parameter is not const, but it does not write to the list.
  init.configuration_options = const_cast<const char**>(settings.data());  // NOLINT
  mg_error_data error{};
  error.text = text.data();
  error.text_buffer_size = text.size();

  server.context_.reset(mg_start2(&init, &error));
  if (!server.context_) {
    const std::scoped_lock lock{server.shared_->mutex};
    const auto& reason = server.shared_->first_line;
    return tl::make_unexpected(fmt::format("cannot listen on {}: {}",
                                           fmt::join(options.listen_addresses, ", "),
                                           reason.empty() ? std::string(text.data()) : reason));
  }
  mg_set_request_handler(server.context_.get(), "**", on_request, server.shared_.get());
  return server;
}

std::vector<int> Server::ports() const {
  std::array<mg_server_port, 64> ports{};
  const int count =
      mg_get_server_ports(context_.get(), static_cast<int>(ports.size()), ports.data());
  std::vector<int> result;
  result.reserve(ports.size());
  for (int i = 0; i < count; ++i) result.push_back(ports.at(static_cast<std::size_t>(i)).port);
  return result;
}

void Server::stop() { context_.reset(); }

}  // namespace kie::http
