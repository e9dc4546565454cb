#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace kie::config {

enum class Command { kRun, kCheck, kMetrics, kLint, kMayStop };

/// Those of `may-stop`.
struct MayStopFlags {
  /// Of the exporter: http or https, without a user.
  std::string url;
  /// Its name or id; empty: the only one that the exporter watches.
  std::string cluster;
  std::vector<std::int32_t> brokers;
  /// How long to ask again while the answer is not yes.
  std::chrono::milliseconds wait{};
  /// As in the API's parameter `accept`, with commas.
  std::string accept;
  bool accept_unwatched = false;
};

/// The values of the command line. They override those of the file.
struct Flags {
  Command command = Command::kRun;
  std::optional<std::string> config_file;
  std::vector<std::string> kafka_servers;
  std::vector<std::string> listen_addresses;
  std::optional<std::string> telemetry_path;
  std::optional<std::string> history_file;
  std::optional<std::string> log_level;
  std::optional<std::string> log_format;
  bool enable_lifecycle = false;
  /// For `check` and `lint`: JSON instead of text.
  bool json = false;
  /// For `lint`: the client that reads the files; empty: guessed.
  std::string client;
  std::vector<std::string> files;
  /// For `lint`: print the table of rules.
  bool rules = false;
  MayStopFlags may_stop;
};

/// The process exits at once: help, version, or an invalid command line.
struct Exit {
  int code = 0;
  /// For standard output if code is 0, for standard error otherwise. Ends with a line feed.
  std::string text;
};

std::variant<Flags, Exit> parse_flags(int argc, const char* const* argv,
                                      const std::string& version);

}  // namespace kie::config
