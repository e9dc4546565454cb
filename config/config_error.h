#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kie::config {

/// A position in a file; both from 1.
struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  auto operator<=>(const Position&) const = default;
};

/// The origin of a value: a file, or a flag.
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

  /// "line LINE" if the file is known, or "--flag".
  std::string line_text() const {
    return position ? "line " + std::to_string(position->line) : source;
  }
};

/// An error in the configuration, and how to correct it.
struct ConfigError {
  SourceLocation place;
  std::string what;

  std::string text() const { return place.text() + ": " + what; }
};

using ConfigErrors = std::vector<ConfigError>;

}  // namespace kie::config
