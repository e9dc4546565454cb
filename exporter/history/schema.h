#pragma once

#include "exporter/history/sqlite.h"

#include <cstdint>
#include <span>

/// The tables of the file, and how a history is recognized.
namespace kie::history {

enum class Origin : std::uint8_t {
  /// It has no table: just created, or the process was killed before the first.
  kEmpty,
  kOlder,
  kCurrent,
  kNewer,
  kForeign,
};

/// Each migrates the file from the version that is its index to the next. Released steps are never
/// changed.
std::span<const char* const> schema_steps();

/// Returns what the file is. On failure, which the connection holds, the value has no meaning.
Origin origin_of(Connection& connection);

/// Migrates a file that is kEmpty or kOlder to the version that this program writes. After a
/// failure the connection can only be closed, which leaves the file as it was.
void migrate(Connection& connection, std::span<const char* const> steps = schema_steps());

}  // namespace kie::history
