#include "exporter/http/listening.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace kie::http {

bool has_ipv6() {
  const int probe = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return errno != EAFNOSUPPORT;
  close(probe);
  return true;
}

std::string listening_ports(const std::vector<std::string>& addresses, bool has_ipv6) {
  std::string all;
  for (const auto& address : addresses) {
    if (!all.empty()) all += ',';
    // CivetWeb's "+" opens both families, and its "x" a Unix socket.
    if (address.starts_with(kUnix)) {
      all += "x" + address.substr(kUnix.size());
    } else if (address.starts_with(':')) {
      all += has_ipv6 ? "+" + address.substr(1) : "0.0.0.0" + address;
    } else {
      all += address;
    }
  }
  return all;
}

}  // namespace kie::http
