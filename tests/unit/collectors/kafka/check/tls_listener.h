#pragma once

#include "tests/unit/collectors/kafka/check/certificates.h"
#include "tests/unit/collectors/kafka/listener.h"

#include <openssl/ssl.h>
#include <poll.h>

#include <csignal>
#include <memory>
#include <stop_token>
#include <thread>

namespace kie::kafka::test {

/// A port that shakes hands in TLS with whoever comes, and hangs up. One at a time.
class TlsListener {
 public:
  explicit TlsListener(const Identity& identity) : context_(SSL_CTX_new(TLS_server_method())) {
    SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
    thread_ = std::jthread{[this](const std::stop_token& stop) { serve(stop); }};
  }

  std::string server() const { return listener_.server(); }

 private:
  struct Deleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  void serve(const std::stop_token& stop) {
    // Who is told that his client has gone must not end the test.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    while (!stop.stop_requested()) {
      pollfd waiting{listener_.fd(), POLLIN, 0};
      if (poll(&waiting, 1, 20) <= 0) continue;
      const int fd = accept4(listener_.fd(), nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) continue;
      // Whoever connects and keeps silent must not hold up the end of the test.
      const timeval patience{2, 0};
      setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      const std::unique_ptr<SSL, Deleter> ssl{SSL_new(context_.get())};
      SSL_set_fd(ssl.get(), fd);
      SSL_accept(ssl.get());
      close(fd);
    }
  }

  Listener listener_;
  std::unique_ptr<SSL_CTX, Deleter> context_;
  std::jthread thread_;
};

}  // namespace kie::kafka::test
