#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace kie::model {

/// The host as written before a port: IPv6 addresses in brackets.
std::string format_host(std::string_view host);

/// "kafka-1:9092", "[::1]:9092".
template <std::integral Port>
std::string format_address(std::string_view host, Port port) {
  return format_host(host) + ":" + std::to_string(port);
}

}  // namespace kie::model
