#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace kie::config {

/// Where a value came from: a place in the file (line and column from 1), or a flag (line 0).
struct Place {
  std::string source;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// One thing that is wrong with the configuration, and what would be right.
struct Problem {
  Place place;
  std::string what;

  /// "FILE:LINE:COLUMN: what", or "--flag: what".
  std::string text() const {
    if (place.line == 0) return place.source + ": " + what;
    return place.source + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) +
           ": " + what;
  }
};

using Problems = std::vector<Problem>;

}  // namespace kie::config
