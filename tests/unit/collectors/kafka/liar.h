#pragma once

#include "tests/unit/collectors/kafka/listener.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace kie::kafka::test {

/// A broker that does not keep to the protocol: stands before the only broker of a mock cluster
/// and puts other bytes into what is asked and answered.
class Liar {
 public:
  /// What is replaced by what, wherever it stands.
  using Words = std::vector<std::pair<std::string, std::string>>;

  /// `port`: of the broker, on 127.0.0.1.
  Liar(std::uint16_t port, Words questions, Words answers)
      : port_(port), questions_(std::move(questions)), answers_(std::move(answers)) {
    // Or clients would go on to the broker itself.
    answers_.emplace_back(bytes(port_),
                          bytes(static_cast<std::uint16_t>(std::stoi(listener_.port()))));
    accepting_ = std::jthread{[this] { accept_all(); }};
  }
  ~Liar() {
    shutdown(listener_.fd(), SHUT_RDWR);
    accepting_.join();
    for (const int fd : sockets_) shutdown(fd, SHUT_RDWR);
    passing_.clear();
    for (const int fd : sockets_) close(fd);
  }
  Liar(const Liar&) = delete;
  Liar& operator=(const Liar&) = delete;

  std::string server() const { return listener_.server(); }

 private:
  /// As Metadata has it.
  static std::string bytes(std::uint16_t port) {
    return {'\0', '\0', static_cast<char>(port >> 8), static_cast<char>(port & 0xff)};
  }

  void accept_all() {
    while (true) {
      const int client = accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      const int broker = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      address.sin_port = htons(port_);
      sockets_.insert(sockets_.end(), {client, broker});
      if (connect(broker, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return;
      passing_.emplace_back([=, this] { pass(client, broker, questions_); });
      passing_.emplace_back([=, this] { pass(broker, client, answers_); });
    }
  }

  static bool receive(int from, void* out, std::size_t size) {
    return recv(from, out, size, MSG_WAITALL) == static_cast<ssize_t>(size);
  }

  static void pass(int from, int to, const Words& words) {
    std::uint32_t size = 0;
    std::string message;
    while (receive(from, &size, sizeof size)) {
      message.resize(ntohl(size));
      if (!receive(from, message.data(), message.size())) break;
      for (const auto& [truth, lie] : words)
        for (auto at = message.find(truth); at != std::string::npos;
             at = message.find(truth, at + lie.size()))
          message.replace(at, truth.size(), lie);
      size = htonl(static_cast<std::uint32_t>(message.size()));
      message.insert(0, reinterpret_cast<const char*>(&size), sizeof size);
      if (send(to, message.data(), message.size(), MSG_NOSIGNAL) !=
          static_cast<ssize_t>(message.size()))
        break;
    }
    shutdown(from, SHUT_RDWR);
    shutdown(to, SHUT_RDWR);
  }

  std::uint16_t port_;
  Words questions_;
  Words answers_;
  Listener listener_;
  /// Both only grow in the thread that accepts.
  std::vector<int> sockets_;
  std::vector<std::jthread> passing_;
  std::jthread accepting_;
};

}  // namespace kie::kafka::test
