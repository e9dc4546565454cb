#include "collectors/producers/monitor/options.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace kie::monitor {
namespace {

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string variable(const char* name) {
  // The host program may change its environment in another thread, as it may for each getenv() of
  // its own.
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
  return value == nullptr ? "" : value;
}

}  // namespace

std::optional<ExporterAddress> parse_address(std::string_view text) {
  ExporterAddress address;
  address.text = text;
  if (text.starts_with("unix:")) {
    address.socket_path = text.substr(5);
    // sun_path has 108 bytes, with the zero at its end.
    if (address.socket_path.empty() || address.socket_path.size() > 107) return std::nullopt;
    return address;
  }
  if (text.starts_with("http://")) text.remove_prefix(7);
  while (text.ends_with('/')) text.remove_suffix(1);
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":/@[]") != std::string_view::npos) {
    return std::nullopt;
  }
  address.host = host;
  address.port = text.substr(colon + 1);
  if (host.empty() || !is_port(address.port)) return std::nullopt;
  return address;
}

MonitorOptions options_from_environment() {
  MonitorOptions options;
  const auto address = variable("KAFKA_ISR_MONITOR_ADDRESS");
  if (address.empty()) {
    options.problem = "KAFKA_ISR_MONITOR_ADDRESS is not set";
  } else if (auto parsed = parse_address(address)) {
    options.address = *std::move(parsed);
  } else {
    options.problem = "KAFKA_ISR_MONITOR_ADDRESS is neither HOST:PORT nor unix:PATH";
  }
  options.token_file = variable("KAFKA_ISR_MONITOR_TOKEN_FILE");
  options.log_file = variable("KAFKA_ISR_MONITOR_LOG");
  options.is_forced = variable("KAFKA_ISR_MONITOR_FORCE") == "1";
  return options;
}

}  // namespace kie::monitor
