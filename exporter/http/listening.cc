#include "exporter/http/listening.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

namespace kie::http {
namespace {

std::string numeric(const addrinfo& found) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (found.ai_family == AF_INET) {
    const auto& address = *reinterpret_cast<const sockaddr_in*>(found.ai_addr);
    return inet_ntop(AF_INET, &address.sin_addr, text.data(), text.size());
  }
  const auto& address = *reinterpret_cast<const sockaddr_in6*>(found.ai_addr);
  inet_ntop(AF_INET6, &address.sin6_addr, text.data(), text.size());
  if (address.sin6_scope_id == 0) return fmt::format("[{}]", text.data());
  return fmt::format("[{}%{}]", text.data(), address.sin6_scope_id);
}

/// The address of a host, or the error.
tl::expected<std::string, std::string> resolve(std::string host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  if (host.starts_with('[')) {
    host = host.substr(1, host.size() - 2);
    hints.ai_family = AF_INET6;
    hints.ai_flags = AI_NUMERICHOST;
  }
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error != 0)
    return tl::make_unexpected(error == EAI_SYSTEM ? std::generic_category().message(errno)
                                                   : gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner{found, freeaddrinfo};
  // Hosts given by name are usually reached over IPv4.
  for (const auto* each = found; each != nullptr; each = each->ai_next)
    if (each->ai_family == AF_INET) return numeric(*each);
  return numeric(*found);
}

}  // namespace

bool has_ipv6() {
  const int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return errno != EAFNOSUPPORT;
  close(probe);
  return true;
}

tl::expected<std::string, std::string> listening_ports(const std::vector<std::string>& addresses,
                                                       bool has_ipv6) {
  std::string all;
  for (const auto& address : addresses) {
    if (!all.empty()) all += ',';
    // CivetWeb's "+" opens both families, and its "x" a Unix socket.
    if (address.starts_with(kUnix)) {
      all += "x" + address.substr(kUnix.size());
    } else if (address.starts_with(':')) {
      all += has_ipv6 ? "+" + address.substr(1) : "0.0.0.0" + address;
    } else {
      // CivetWeb reads a digit before an "s" or an "r" as a port with TLS, also in the name of a
      // host or an interface.
      const auto colon = address.rfind(':');
      const auto host = address.substr(0, colon);
      const auto found = resolve(host);
      if (!found)
        return tl::make_unexpected(fmt::format("cannot listen on {}: cannot look up {}: {}",
                                               address, host, found.error()));
      all += *found + address.substr(colon);
    }
  }
  return all;
}

}  // namespace kie::http
