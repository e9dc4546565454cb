#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace kie::http {

/// Prefix of the path of a Unix socket.
inline constexpr std::string_view kUnix = "unix:";

/// Whether the kernel supports IPv6, even if no interface has an address.
bool has_ipv6();

/// CivetWeb's listening_ports for addresses as in ServerOptions, with numeric hosts; or an error
/// with the address whose host cannot be resolved.
tl::expected<std::string, std::string> listening_ports(const std::vector<std::string>& addresses,
                                                       bool has_ipv6);

}  // namespace kie::http
