#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kie::http {

/// Before the path of a Unix socket.
inline constexpr std::string_view kUnix = "unix:";

/// Whether the kernel knows IPv6 at all, for which an interface need not have an address.
bool has_ipv6();

/// CivetWeb's listening_ports for addresses as ServerOptions has them, hosts as numbers; or which
/// of them has a host that cannot be looked up, and why.
tl::expected<std::string, std::string> listening_ports(const std::vector<std::string>& addresses,
                                                       bool has_ipv6);

}  // namespace kie::http
