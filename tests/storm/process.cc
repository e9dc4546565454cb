#include "tests/storm/process.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace kie::storm {

using Clock = std::chrono::steady_clock;

Process::Process(const std::function<void(int socket)>& run) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw std::system_error(errno, std::generic_category(), "socketpair");
  socket_ = ends[0];
  pid_ = fork();
  // A signal to -1 would go to everybody.
  if (pid_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid_ == 0) {
    close(ends[0]);
    run(ends[1]);
    _exit(1);
  }
  close(ends[1]);
}

Process::~Process() {
  kill();
  wait();
  close(socket_);
}

std::optional<nlohmann::json> Process::next(Clock::time_point until) {
  pollfd one{socket_, POLLIN, 0};
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  if (poll(&one, 1, std::max(0, static_cast<int>(left.count()))) <= 0) return std::nullopt;
  const auto size = recv(socket_, buffer_.data(), buffer_.size(), 0);
  if (size <= 0) {
    has_ended_ = true;
    return std::nullopt;
  }
  return nlohmann::json::parse(std::string_view{buffer_.data(), static_cast<std::size_t>(size)});
}

int Process::wait() {
  int status = 0;
  if (pid_ > 0) waitpid(std::exchange(pid_, -1), &status, 0);
  return status;
}

}  // namespace kie::storm
