#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace kie::kafka::test {

/// A port of 127.0.0.1 that takes connections and never says a word. Closed when it goes.
class Listener {
 public:
  Listener() : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    if (bind(fd_, address, size) != 0 || listen(fd_, 16) != 0 ||
        getsockname(fd_, address, &size) != 0)
      throw std::runtime_error("cannot listen");
  }
  ~Listener() { close(fd_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  int fd() const { return fd_; }
  std::string port() const { return std::to_string(ntohs(address_.sin_port)); }
  std::string server() const { return "127.0.0.1:" + port(); }

 private:
  int fd_;
  sockaddr_in address_{};
};

}  // namespace kie::kafka::test
