#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kie::config {

/// In a file; both from 1.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  auto operator<=>(const Position&) const = default;
};

/// Where a value came from: a file, or a flag.
struct SourceLocation {
  std::string source;
  /// nullopt: a flag, or the file as a whole.
  std::optional<Position> position = std::nullopt;

  bool operator==(const SourceLocation&) const = default;

  /// "FILE:LINE:COLUMN", or "--flag".
  std::string text() const {
    if (!position) return source;
    return source + ":" + std::to_string(position->line) + ":" + std::to_string(position->column);
  }

  /// "line LINE" for who knows the file, or "--flag".
  std::string line_text() const {
    return position ? "line " + std::to_string(position->line) : source;
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
