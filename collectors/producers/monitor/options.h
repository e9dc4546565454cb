#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kie::monitor {

/// Where the exporter takes reports. Either `socket_path` or `host` and `port`.
struct ExporterAddress {
  std::string host, port;
  std::string socket_path;
  /// As it was given.
  std::string text;
};

/// HOST:PORT, [IPV6]:PORT or unix:PATH; http:// before it and a slash after it do not matter.
std::optional<ExporterAddress> parse_address(std::string_view text);

/// From the environment.
struct MonitorOptions {
  /// KAFKA_ISR_MONITOR_ADDRESS.
  ExporterAddress address;
  /// KAFKA_ISR_MONITOR_TOKEN_FILE; empty: no token. It is read before each request, so that it may
  /// change.
  std::string token_file;
  /// KAFKA_ISR_MONITOR_LOG; empty: nothing is written anywhere.
  std::string log_file;
  /// KAFKA_ISR_MONITOR_FORCE=1: attach to releases that crash where rd_kafka_new() fails.
  bool is_forced = false;
  /// What is wrong with the address; empty: nothing.
  std::string problem;
};

MonitorOptions options_from_environment();

}  // namespace kie::monitor
