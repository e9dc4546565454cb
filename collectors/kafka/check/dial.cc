#include "collectors/kafka/check/dial.h"

#include <fmt/format.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <future>
#include <span>
#include <system_error>
#include <thread>
#include <utility>

namespace kie::kafka {
namespace {

using Clock = std::chrono::steady_clock;

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  std::string text;
};

struct Resolved {
  std::vector<Address> addresses;
  std::string error;
};

std::string numeric(const sockaddr* address, socklen_t size) {
  std::array<char, NI_MAXHOST> text{};
  if (getnameinfo(address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) != 0)
    return "?";
  return text.data();
}

int to_af(AddressFamily family) {
  switch (family) {
    case AddressFamily::kV4:
      return AF_INET;
    case AddressFamily::kV6:
      return AF_INET6;
    case AddressFamily::kAny:
      break;
  }
  return AF_UNSPEC;
}

Resolved resolve(const Target& target, AddressFamily family) {
  addrinfo hints{};
  hints.ai_family = to_af(family);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_protocol = IPPROTO_TCP;
  // As in librdkafka.
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* first = nullptr;
  if (const int code = getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &first);
      code != 0) {
    const int number = errno;
    return {{}, code == EAI_SYSTEM ? std::generic_category().message(number) : gai_strerror(code)};
  }
  Resolved resolved;
  for (const auto* info = first; info != nullptr; info = info->ai_next) {
    auto& address = resolved.addresses.emplace_back();
    std::memcpy(&address.bytes, info->ai_addr, info->ai_addrlen);
    address.size = info->ai_addrlen;
    address.text = numeric(info->ai_addr, info->ai_addrlen);
  }
  freeaddrinfo(first);
  return resolved;
}

class Socket {
 public:
  explicit Socket(int family)
      : fd_(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  Socket& operator=(Socket&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Socket() {
    if (fd_ >= 0) close(fd_);
  }

  int fd() const { return fd_; }

 private:
  int fd_;
};

struct Connecting {
  Socket socket;
  Attempt* attempt;
};

std::string words_of(int error) { return std::generic_category().message(error); }

/// Begins to connect; adds nothing to wait for if that failed or succeeded at once.
void begin(const Address& address, Attempt& attempt, std::vector<Connecting>& connecting) {
  Socket socket{address.bytes.ss_family};
  const auto* bytes = reinterpret_cast<const sockaddr*>(&address.bytes);
  if (socket.fd() < 0 || connect(socket.fd(), bytes, address.size) != 0) {
    const int error = errno;
    if (socket.fd() >= 0 && error == EINPROGRESS) {
      connecting.push_back({std::move(socket), &attempt});
    } else {
      attempt.error = words_of(error);
    }
  }
}

void finish(std::vector<Connecting>& connecting, std::chrono::milliseconds timeout) {
  const auto deadline = Clock::now() + timeout;
  while (!connecting.empty()) {
    std::vector<pollfd> waiting;
    waiting.reserve(connecting.size());
    for (const auto& one : connecting) waiting.push_back({one.socket.fd(), POLLOUT, 0});
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    const int ready = poll(waiting.data(), waiting.size(),
                           static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) break;
    std::size_t index = 0;
    std::erase_if(connecting, [&](const Connecting& one) {
      if (waiting[index++].revents == 0) return false;
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(one.socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) one.attempt->error = words_of(error);
      return true;
    });
  }
  for (const auto& one : connecting)
    one.attempt->error = fmt::format("no answer within {} ms", timeout.count());
}

}  // namespace

Target parse_target(std::string_view server) {
  const auto colon = server.rfind(':');
  if (colon == std::string_view::npos) return {std::string(server), ""};
  auto host = server.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {std::string(host), std::string(server.substr(colon + 1))};
}

bool DialResult::connected() const {
  return std::ranges::any_of(attempts, &std::string::empty, &Attempt::error);
}

std::string DialResult::addresses() const {
  std::string text;
  for (const auto& attempt : attempts) {
    if (!text.empty()) text += ", ";
    text += attempt.address;
  }
  return text;
}

namespace {

/// More at once would be a thread and a file for each broker of a large cluster.
constexpr std::size_t kAtOnce = 32;

void dial_at_once(std::span<const Target> targets, AddressFamily family,
                  std::chrono::milliseconds timeout, std::span<DialResult> dial_result) {
  const auto deadline = Clock::now() + timeout;
  std::vector<std::future<Resolved>> names;
  names.reserve(targets.size());
  for (const auto& target : targets) {
    std::packaged_task<Resolved()> task{[target, family] { return resolve(target, family); }};
    auto name = task.get_future();
    try {
      std::thread{std::move(task)}.detach();
    } catch (const std::system_error& error) {
      std::promise<Resolved> failed;
      failed.set_value({{}, std::string{"no thread to resolve it in: "} + error.what()});
      name = failed.get_future();
    }
    names.push_back(std::move(name));
  }
  std::vector<Connecting> connecting;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (names[i].wait_until(deadline) != std::future_status::ready) {
      dial_result[i].name_error = fmt::format("no answer within {} ms", timeout.count());
      continue;
    }
    const auto resolved = names[i].get();
    dial_result[i].name_error = resolved.error;
    for (const auto& address : resolved.addresses)
      dial_result[i].attempts.push_back({address.text, {}});
    for (std::size_t j = 0; j < resolved.addresses.size(); ++j)
      begin(resolved.addresses[j], dial_result[i].attempts[j], connecting);
  }
  finish(connecting, timeout);
}

}  // namespace

std::vector<DialResult> dial(const std::vector<Target>& targets, AddressFamily family,
                             std::chrono::milliseconds timeout) {
  std::vector<DialResult> dial_result(targets.size());
  for (std::size_t first = 0; first < targets.size(); first += kAtOnce) {
    const auto count = std::min(kAtOnce, targets.size() - first);
    dial_at_once(std::span{targets}.subspan(first, count), family, timeout,
                 std::span{dial_result}.subspan(first, count));
  }
  return dial_result;
}

}  // namespace kie::kafka
