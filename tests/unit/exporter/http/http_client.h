#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace kie::http::test {

struct Answer {
  int status = 0;
  /// By name in lower case.
  std::map<std::string, std::string> headers;
  std::string body;
};

/// How much of a response the kernel holds that the client has not read: megabytes, or about 100
/// KB.
enum class Buffers : std::uint8_t { kUsual, kSmall };

/// One connection to this machine, used by hand: nothing of what the server sends is smoothed over.
/// Nothing waits longer than 30 seconds.
class Connection {
 public:
  explicit Connection(int port, bool v6 = false, Buffers buffers = Buffers::kUsual)
      : socket_(::socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0)) {
    const timeval limit{30, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    if (buffers == Buffers::kSmall) use_small_buffers();
    int result = 0;
    if (v6) {
      sockaddr_in6 address{};
      address.sin6_family = AF_INET6;
      address.sin6_port = htons(static_cast<std::uint16_t>(port));
      address.sin6_addr = in6addr_loopback;
      result = connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    } else {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(static_cast<std::uint16_t>(port));
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      result = connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    if (result != 0) {
      close(socket_);
      throw std::runtime_error("cannot connect");
    }
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { close(socket_); }

  void send(const std::string& text) const {
    if (::send(socket_, text.data(), text.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(text.size()))
      throw std::runtime_error("cannot send");
  }

  Answer ask(const std::string& method, const std::string& path,
             const std::string& more_headers = {}) {
    send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more_headers + "\r\n");
    return receive(method != "HEAD");
  }

  Answer receive(bool has_body = true) {
    Answer answer;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) more();
    std::istringstream head{buffer_.substr(0, end)};
    buffer_.erase(0, end + 4);
    std::string line;
    std::getline(head, line);
    answer.status = std::stoi(line.substr(line.find(' ') + 1));
    while (std::getline(head, line)) {
      const auto colon = line.find(':');
      std::string name = line.substr(0, colon);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      auto value = line.substr(line.find_first_not_of(' ', colon + 1));
      while (value.ends_with('\r')) value.pop_back();
      answer.headers[name] = value;
    }
    if (!has_body) return answer;
    if (answer.headers.contains("content-length")) {
      const auto size = static_cast<std::size_t>(std::stoul(answer.headers["content-length"]));
      while (buffer_.size() < size) more();
      answer.body = buffer_.substr(0, size);
      buffer_.erase(0, size);
    } else {
      while (!is_closed()) {
      }
      answer.body = std::exchange(buffer_, {});
    }
    return answer;
  }

  /// Reads at most so many bytes; true when the server has closed. What came is kept for receive().
  bool is_closed(std::size_t most = 16384) {
    std::array<char, 16384> chunk{};
    const auto count = recv(socket_, chunk.data(), std::min(most, chunk.size()), 0);
    if (count > 0) buffer_.append(chunk.data(), static_cast<std::size_t>(count));
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
      throw std::runtime_error("nothing comes");
    return count <= 0;
  }

  /// Whether the server has closed with a reset, without reading anything. It does so if it has not
  /// read all that was sent.
  bool is_reset() const {
    pollfd one{socket_, 0, 0};
    return poll(&one, 1, 0) > 0;
  }

  /// What was received and not asked for.
  const std::string& rest() const { return buffer_; }

 private:
  /// Before the connection is made: the server's kernel sizes its buffer by the client's segments.
  void use_small_buffers() const {
    const int window = 2048;
    const int segment = 536;
    setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &window, sizeof window);
    setsockopt(socket_, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
  }

  void more() {
    if (is_closed()) throw std::runtime_error("closed in the middle of an answer");
  }

  int socket_;
  std::string buffer_;
};

}  // namespace kie::http::test
