#include "tests/unit/collectors/kafka/fake_kafka.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace kie::kafka::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

template <class Number>
Number number_at(std::string_view bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i)
    number = number << 8U | static_cast<std::uint8_t>(bytes.at(i));
  return static_cast<Number>(number);
}

}  // namespace

/// Listens on a port of its own of 127.0.0.1, which stays its own while it does not.
class FakeKafka::Port {
 public:
  Port() : reserved_(bound(0)) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(reserved_, reinterpret_cast<sockaddr*>(&address), &size);
    number_ = ntohs(address.sin_port);
    fd_ = bound(number_);
    open();
  }
  ~Port() {
    close(fd_);
    close(reserved_);
  }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  int fd() const { return fd_; }
  int number() const { return number_; }
  void open() const {
    if (listen(fd_, 64) != 0) throw std::runtime_error("cannot listen");
  }
  void shut() const { shutdown(fd_, SHUT_RDWR); }

 private:
  static int bound(int port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    if (bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
      throw std::runtime_error("cannot bind");
    return fd;
  }

  int reserved_;
  int fd_ = -1;
  int number_ = 0;
};

struct FakeKafka::Node {
  Node() {
    for (const auto* api : kApis) broker.versions[api->key] = {api->oldest, api->newest};
  }

  FakeBroker broker;
  std::unique_ptr<Port> port = std::make_unique<Port>();
  /// Where it was before it moved.
  std::vector<std::unique_ptr<Port>> left;
  bool is_refusing = false;
  std::map<int, int> requests;
};

struct FakeKafka::Connection {
  int fd;
  int broker;
  std::string received{};
  std::deque<FakeRequest> requests{};
  /// When the first of the requests began to be worked on.
  Clock::time_point since{};
};

FakeKafka::FakeKafka(int brokers) : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  for (int id = 1; id <= brokers; ++id) {
    const auto& one = *nodes_.emplace(id, std::make_unique<Node>()).first->second;
    cluster_.brokers[id].port = one.port->number();
  }
  thread_ = std::thread{[this] { run(); }};
}

FakeKafka::~FakeKafka() {
  locked([&] { is_over_ = true; });
  thread_.join();
  for (const auto& connection : connections_) close(connection.fd);
  close(wake_);
}

void FakeKafka::locked(const std::function<void()>& change) {
  const std::scoped_lock lock{mutex_};
  change();
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
}

config::ClusterConfig FakeKafka::config() const {
  config::ClusterConfig cluster;
  for (const auto& [id, one] : nodes_) cluster.servers.push_back(server(id));
  cluster.request_timeout = seconds{30};
  return cluster;
}

std::string FakeKafka::server(int id) const {
  const std::scoped_lock lock{mutex_};
  return "127.0.0.1:" + std::to_string(node(id).port->number());
}

void FakeKafka::change(const std::function<void(FakeCluster&)>& change) {
  locked([&] { change(cluster_); });
}

void FakeKafka::create(const std::string& topic, int partitions, int replicas) {
  locked([&] {
    const auto brokers = static_cast<int>(nodes_.size());
    auto& created = cluster_.topics[topic];
    created.id = {1, ++topics_made_};
    for (int i = 0; i < partitions; ++i) {
      FakeCluster::Partition row;
      for (int j = 0; j < replicas; ++j) row.replicas.push_back((i + j) % brokers + 1);
      row.isr = row.replicas;
      row.leader = row.replicas.front();
      row.epoch_starts[0] = 0;
      created.partitions.push_back(std::move(row));
    }
  });
}

void FakeKafka::behave(int id, const std::function<void(FakeBroker&)>& change) {
  locked([&] { change(node(id).broker); });
}

void FakeKafka::keep_view(int id, const std::function<void(FakeCluster&)>& change) {
  behave(id, [&](FakeBroker& broker) {
    broker.view = cluster_;
    if (change) change(*broker.view);
  });
}

void FakeKafka::hang_up(int id) {
  for (auto& connection : connections_)
    if (connection.broker == id) shutdown(connection.fd, SHUT_RDWR);
}

void FakeKafka::refuse(int id) {
  locked([&] {
    node(id).is_refusing = true;
    node(id).port->shut();
    hang_up(id);
  });
}

void FakeKafka::accept(int id) {
  locked([&] {
    node(id).port->open();
    node(id).is_refusing = false;
  });
}

void FakeKafka::drop_connections(int id) {
  locked([&] { hang_up(id); });
}

void FakeKafka::move(int id) {
  locked([&] {
    auto& moved = node(id);
    moved.port->shut();
    hang_up(id);
    moved.left.push_back(std::exchange(moved.port, std::make_unique<Port>()));
    cluster_.brokers.at(id).port = moved.port->number();
  });
}

int FakeKafka::requests(int id, const codec::ApiSpec& api) const {
  const std::scoped_lock lock{mutex_};
  return node(id).requests[api.key];
}

bool FakeKafka::await_requests(int id, const codec::ApiSpec& api, int count) const {
  std::unique_lock lock{mutex_};
  return received_.wait_for(lock, seconds{30}, [&] { return node(id).requests[api.key] >= count; });
}

void FakeKafka::run() {
  std::unique_lock lock{mutex_};
  while (!is_over_) {
    std::vector<pollfd> fds{{.fd = wake_, .events = POLLIN, .revents = 0}};
    auto due = Clock::now() + seconds{60};
    for (const auto& [id, one] : nodes_)
      if (!one->broker.is_silent && !one->is_refusing) {
        while (true) {
          const int fd = accept4(one->port->fd(), nullptr, nullptr, SOCK_CLOEXEC);
          if (fd < 0) break;
          connections_.push_back({.fd = fd, .broker = id});
        }
        fds.push_back({.fd = one->port->fd(), .events = POLLIN, .revents = 0});
      }
    std::erase_if(connections_, [&](Connection& connection) {
      if (node(connection.broker).broker.is_silent) return false;
      if (!receive(connection)) {
        close(connection.fd);
        return true;
      }
      if (const auto at = serve(connection)) due = std::min(due, *at);
      fds.push_back({.fd = connection.fd, .events = POLLIN, .revents = 0});
      return false;
    });
    const auto left = std::chrono::ceil<milliseconds>(due - Clock::now()).count();
    lock.unlock();
    poll(fds.data(), fds.size(), static_cast<int>(std::max<std::int64_t>(left, 0)));
    lock.lock();
    std::uint64_t woken = 0;
    [[maybe_unused]] const auto size = read(wake_, &woken, sizeof woken);
  }
}

bool FakeKafka::receive(Connection& connection) {
  std::array<char, 65536> buffer{};
  ssize_t size = 0;
  while ((size = recv(connection.fd, buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0)
    connection.received.append(buffer.data(), static_cast<std::size_t>(size));
  const bool is_open = size < 0 && (errno == EAGAIN || errno == EINTR);
  auto& bytes = connection.received;
  while (bytes.size() >= 4 && bytes.size() - 4 >= number_at<std::uint32_t>(bytes)) {
    const auto frame = bytes.substr(4, number_at<std::uint32_t>(bytes));
    bytes.erase(0, 4 + frame.size());
    FakeRequest request{.api = number_at<std::int16_t>(frame),
                        .version = number_at<std::int16_t>(std::string_view{frame}.substr(2)),
                        .correlation_id = frame.substr(4, 4)};
    // The client's id, which is not compact in any version, and the tagged fields, of which
    // librdkafka has none.
    const auto client_id = number_at<std::int16_t>(std::string_view{frame}.substr(8));
    const auto api = std::ranges::find(kApis, request.api, &codec::ApiSpec::key);
    const bool is_flexible = api != kApis.end() && codec::is_flexible(**api, request.version);
    request.body = frame.substr(10 + static_cast<std::size_t>(std::max<int>(client_id, 0)) +
                                (is_flexible ? 1 : 0));
    ++node(connection.broker).requests[request.api];
    if (connection.requests.empty()) connection.since = Clock::now();
    connection.requests.push_back(std::move(request));
    received_.notify_all();
  }
  return is_open;
}

std::optional<FakeKafka::Clock::time_point> FakeKafka::serve(Connection& connection) {
  auto& broker = node(connection.broker).broker;
  // One by one, as Kafka does: what takes long holds back what is behind it.
  while (!connection.requests.empty()) {
    const auto& request = connection.requests.front();
    const auto delay = broker.delays.find(request.api);
    const auto due =
        connection.since + (delay == broker.delays.end() ? milliseconds{0} : delay->second);
    if (Clock::now() < due) return due;
    if (is_held_back(broker, cluster_, request)) return std::nullopt;
    const auto answer = test::answer(connection.broker, broker, cluster_, request);
    if (!answer) {
      shutdown(connection.fd, SHUT_RDWR);
      connection.requests.clear();
      return std::nullopt;
    }
    const auto message = request.correlation_id + *answer;
    std::string frame;
    for (const unsigned shift : {24U, 16U, 8U, 0U})
      frame.push_back(static_cast<char>(message.size() >> shift));
    frame += message;
    for (std::size_t sent = 0; sent < frame.size();) {
      const auto size = send(connection.fd, frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
      if (size <= 0) break;  // nobody is there any more; receive() finds out
      sent += static_cast<std::size_t>(size);
    }
    connection.requests.pop_front();
    connection.since = Clock::now();
  }
  return std::nullopt;
}

std::shared_ptr<const KafkaClient> client_of(const config::ClusterConfig& cluster) {
  auto client = KafkaClient::create(cluster, [](auto, auto, auto) {});
  if (!client) throw std::runtime_error(client.error().text);
  return std::make_shared<const KafkaClient>(std::move(*client));
}

bool eventually(const std::function<bool()>& wanted) {
  const auto deadline = std::chrono::steady_clock::now() + seconds{30};
  while (std::chrono::steady_clock::now() < deadline) {
    if (wanted()) return true;
    std::this_thread::sleep_for(milliseconds{5});
  }
  return false;
}

}  // namespace kie::kafka::test
