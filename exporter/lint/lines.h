#pragma once

#include "exporter/lint/file.h"

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// All formats are read as lines of a dotted name and a value.
namespace kie::lint {

/// The most settings that are read of one file.
inline constexpr std::size_t kMostSettings = 10'000;
inline constexpr std::size_t kDeepest = 32;
/// Of one file.
inline constexpr std::size_t kMostProducers = 100;

using Lines = std::vector<Setting>;

struct Documents {
  /// YAML and Spring's properties may have several.
  std::vector<Lines> documents;
  std::vector<Skipped> skipped;
  bool is_incomplete = false;
};

/// Maps the names of one setting to a common one.
using Canonical = std::string_view (*)(std::string_view key);

/// Keeps the last of several lines for one setting.
void keep_last(std::vector<Setting>& settings, Canonical canonical, std::vector<Skipped>& skipped);

/// As java.util.Properties reads it; a comment "#---" ends a document as in Spring.
Documents read_properties(std::string_view text);

/// Nested objects become dotted names. Keeps what precedes an error.
tl::expected<Documents, std::string> read_json(std::string_view text);

tl::expected<Documents, std::string> read_yaml(std::string_view text);

}  // namespace kie::lint
