#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace kie::config {

enum class Command { kRun, kCheck, kMetrics, kLint };

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
