#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kie::config {

/// Where a value came from: a place in the file (line and column from 1), or a flag (line 0).
struct SourceLocation {
  std::string source;
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  bool operator==(const SourceLocation&) const = default;

  /// "FILE:LINE:COLUMN", or "--flag".
  std::string text() const {
    if (line == 0) return source;
    return source + ":" + std::to_string(line) + ":" + std::to_string(column);
  }
};

/// One thing that is wrong with the configuration, and what would be right.
struct ConfigError {
  SourceLocation place;
  std::string what;

  std::string text() const { return place.text() + ": " + what; }
};

using ConfigErrors = std::vector<ConfigError>;

}  // namespace kie::config
