#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace kie::config {

enum class Command { kRun, kCheck, kMetrics, kLint };

/// What the command line said. A value that is there wins over the file's.
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
  /// Of `check` and `lint`: JSON instead of text.
  bool json = false;
  /// Of `lint`: which client reads the files; empty: to be guessed.
  std::string client;
  std::vector<std::string> files;
  /// Of `lint`: the table of rules is wanted.
  bool rules = false;
};

/// The process ends at once: help, version, or a command line that cannot be understood.
struct Exit {
  int code = 0;
  /// For standard output if code is 0, for standard error otherwise. Ends with a line feed.
  std::string text;
};

std::variant<Flags, Exit> parse_flags(int argc, const char* const* argv,
                                      const std::string& version);

}  // namespace kie::config
