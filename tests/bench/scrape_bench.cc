#include "collectors/replication/summary.h"
#include "exporter/exposition/cluster_text.h"
#include "exporter/exposition/page.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/http/server.h"
#include "exporter/web/routes.h"
#include "tests/bench/allocations.h"
#include "tests/bench/cluster.h"
#include "tests/bench/sizes.h"

#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <prometheus/counter.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace kie::bench {
namespace {

/// A connection that is kept, as Prometheus keeps its own. It allocates when it is made only, so
/// that what a scrape allocates is the server's.
class Client {
 public:
  Client(int port, std::string_view accept_encoding) : buffer_(256 * 1024) {
    request_ = "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: ";
    request_ += accept_encoding;
    request_ += "\r\n\r\n";
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): sockets' own way
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot connect");
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Returns the size of the body, or 0 if the answer is not a page or the connection is lost.
  std::size_t scrape() {
    if (::send(socket_, request_.data(), request_.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(request_.size()))
      return 0;
    std::size_t filled = 0;
    std::string_view head;
    while (true) {
      const auto got = ::recv(socket_, buffer_.data() + filled, buffer_.size() - filled, 0);
      if (got <= 0) return 0;
      filled += static_cast<std::size_t>(got);
      head = {buffer_.data(), filled};
      if (const auto end = head.find("\r\n\r\n"); end != std::string_view::npos) {
        head = head.substr(0, end);
        break;
      }
    }
    if (!head.starts_with("HTTP/1.1 200")) return 0;
    static constexpr std::string_view kLength = "Content-Length: ";
    const auto at = head.find(kLength);
    if (at == std::string_view::npos) return 0;
    std::size_t size = 0;
    std::from_chars(head.data() + at + kLength.size(), head.data() + head.size(), size);
    std::size_t taken = filled - (head.size() + 4);
    while (taken < size) {
      const auto got = ::recv(socket_, buffer_.data(), buffer_.size(), 0);
      if (got <= 0) return 0;
      taken += static_cast<std::size_t>(got);
    }
    return taken == size ? size : 0;
  }

 private:
  int socket_ = -1;
  std::string request_;
  std::vector<char> buffer_;
};

void run_scrape(benchmark::State& state, std::string_view accept_encoding) {
  exposition::SelfMetrics self{"0.0.0", "bench", "0.0.0"};
  exposition::PageMaker pages{self};
  {
    const Cluster cluster{partitions(state)};
    const auto known = state_of(cluster);
    const auto summary = replication::summarize(known, cluster.settings(), cluster.freshness());
    exposition::ClusterSamples samples;
    exposition::render(view_of(cluster, known, summary), samples);
    pages.publish(0, samples);
    pages.render(cluster.freshness().now);
  }
  StatusBoard status;
  ProducerStore producers;
  const auto history = history::History::open({}).value();
  const http::Routes routes{"/metrics",
                            "0.0.0",
                            pages,
                            status,
                            producers,
                            *history,
                            self.counter(exposition::FamilyId::kScrapes),
                            {}};
  auto server = http::Server::start(
      {.listen_addresses = {"127.0.0.1:0"}},
      [&](const http::Request& request) { return routes.answer(request); },
      [](std::string_view) {});
  if (!server) {
    state.SkipWithError(server.error().c_str());
    return;
  }
  Client client{server->ports().front(), accept_encoding};
  std::size_t size = client.scrape();
  {
    const Metered metered{state};
    for (auto _ : state)
      if (client.scrape() != size || size == 0) {
        state.SkipWithError("a scrape failed");
        break;
      }
  }
  state.counters["body_bytes"] = static_cast<double>(size);
}

void ScrapeIdentity(benchmark::State& state) { run_scrape(state, "identity"); }
BENCHMARK(ScrapeIdentity)->Apply(both_sizes)->UseRealTime()->MeasureProcessCPUTime();

void ScrapeGzip(benchmark::State& state) { run_scrape(state, "gzip"); }
BENCHMARK(ScrapeGzip)->Apply(both_sizes)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace kie::bench
