#include "collectors/producers/monitor/post.h"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace kie::monitor {
namespace {

using Clock = std::chrono::steady_clock;

/// The answer names each document that was refused; more of it is of no use.
constexpr std::size_t kMostAnswer = 16'384;
/// Of its status, and of its body.
constexpr std::size_t kMostProblem = 300;

std::string error_text(int error) {
  std::array<char, 128> text{};
  return strerror_r(error, text.data(), text.size());
}

class HttpConnection {
 public:
  HttpConnection(std::atomic<int>& shown, Clock::time_point deadline)
      : shown_(shown), deadline_(deadline) {}
  ~HttpConnection() { close(); }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  /// False: errno says why.
  bool connect(int family, const sockaddr* address, socklen_t length) {
    close();
    socket_ = ::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) return false;
    shown_.store(socket_);
    if (::connect(socket_, address, length) == 0) return true;
    // A Unix socket whose queue is full says EAGAIN, and does not become writable.
    if (errno != EINPROGRESS || !wait(POLLOUT)) return false;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size);
    errno = error;
    return error == 0;
  }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent > 0)
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      else if (errno != EINTR && (errno != EAGAIN || !wait(POLLOUT)))
        return false;
    }
    return true;
  }

  /// Until the other side closes or the answer is long enough. False: errno says why.
  bool receive(std::string& answer) {
    std::array<char, 4096> bytes{};
    while (answer.size() < kMostAnswer) {
      const auto length = ::recv(socket_, bytes.data(), bytes.size(), 0);
      if (length == 0) return true;
      if (length > 0)
        answer.append(bytes.data(), static_cast<std::size_t>(length));
      else if (errno != EINTR && (errno != EAGAIN || !wait(POLLIN)))
        return false;
    }
    return true;
  }

 private:
  bool wait(short what) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
    pollfd one{.fd = socket_, .events = what, .revents = 0};
    const auto found = left > 0 ? poll(&one, 1, static_cast<int>(left)) : 0;
    if (found == 0) errno = ETIMEDOUT;
    return found > 0 || (found < 0 && errno == EINTR);
  }

  void close() {
    if (socket_ < 0) return;
    shown_.store(-1);
    ::close(socket_);
    socket_ = -1;
  }

  std::atomic<int>& shown_;
  const Clock::time_point deadline_;
  int socket_ = -1;
};

/// "": connected.
std::string connect(HttpConnection& connection, const ExporterAddress& address) {
  if (!address.socket_path.empty()) {
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    std::memcpy(local.sun_path, address.socket_path.data(),
                std::min(address.socket_path.size(), sizeof local.sun_path - 1));
    if (connection.connect(AF_UNIX, reinterpret_cast<const sockaddr*>(&local), sizeof local))
      return "";
    return error_text(errno);
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  // An address that is no name needs no resolver, and none of its locks, which a fork would leave
  // taken.
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  auto failure = getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
  if (failure == EAI_NONAME) {
    hints.ai_flags = AI_NUMERICSERV;
    failure = getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found);
  }
  if (failure != 0) return gai_strerror(failure);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all{found, &freeaddrinfo};
  for (const auto* one = found; one != nullptr; one = one->ai_next)
    if (connection.connect(one->ai_family, one->ai_addr, one->ai_addrlen)) return "";
  return error_text(errno);
}

std::string host_header(const ExporterAddress& address) {
  if (!address.socket_path.empty()) return "localhost";
  const bool is_v6 = address.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + address.host + "]" : address.host) + ":" + address.port;
}

}  // namespace

PostResult read_answer(std::string_view answer) {
  const auto body = answer.find("\r\n\r\n");
  if (!answer.starts_with("HTTP/1.") || body == std::string_view::npos)
    return {.problem = "the answer is not HTTP"};
  const auto status = answer.substr(9, answer.find("\r\n", 9) - 9);
  const auto said = answer.substr(body + 4, kMostProblem);
  PostResult result;
  // 400: it has refused each of them, and would do so again.
  result.is_read = status.starts_with("200") || status.starts_with("400");
  result.is_too_large = status.starts_with("413");
  if (result.is_read && said.find("\"refused\":0") != std::string_view::npos) return result;
  result.problem.append(status.substr(0, kMostProblem)).append(": ").append(said);
  std::ranges::replace_if(
      result.problem, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return result;
}

PostResult post_reports(const ExporterAddress& address, std::string_view token,
                        std::string_view documents, Clock::time_point deadline,
                        std::atomic<int>& socket) {
  HttpConnection connection{socket, deadline};
  if (auto problem = connect(connection, address); !problem.empty())
    return {.problem = "no connection: " + problem};
  std::string head = "POST /api/v1/producers/reports HTTP/1.1\r\nHost: ";
  head.append(host_header(address))
      .append("\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\nContent-Length: ")
      .append(std::to_string(documents.size()));
  if (!token.empty()) head.append("\r\nAuthorization: Bearer ").append(token);
  head.append("\r\n\r\n");
  std::string answer;
  // One who refuses may answer and close before it has read everything.
  const bool is_sent = connection.send(head) && connection.send(documents);
  const auto error = errno;
  if (!connection.receive(answer) && answer.empty())
    return {.problem = "no answer: " + error_text(is_sent ? errno : error)};
  return read_answer(answer);
}

}  // namespace kie::monitor
