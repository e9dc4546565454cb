#pragma once

#include "exporter/lint/file.h"

#include <tl/expected.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Every format comes to the same: lines of a name with dots and a value.
namespace kie::lint {

/// The most that is read of one file.
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

/// What the names of one setting have in common.
using Canonical = std::string_view (*)(std::string_view key);

/// Of several for one setting the last counts.
void keep_last(std::vector<Setting>& settings, Canonical canonical, std::vector<Skipped>& skipped);

/// As java.util.Properties reads it; a comment "#---" ends a document where it does for Spring.
Documents read_properties(std::string_view text);

/// Objects in objects become names with dots. After an error what came before it is kept.
tl::expected<Documents, std::string> read_json(std::string_view text);

tl::expected<Documents, std::string> read_yaml(std::string_view text);

}  // namespace kie::lint
