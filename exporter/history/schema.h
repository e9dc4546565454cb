#pragma once

#include "exporter/history/sqlite.h"

#include <cstdint>
#include <span>

/// What is in the file: tables, and how to know that it is a history.
namespace kie::history {

enum class Origin : std::uint8_t {
  /// No table in it: just made, or its maker was killed before the first.
  kEmpty,
  kOlder,
  kCurrent,
  kNewer,
  kForeign,
};

/// Each brings the file from the version that is its index to the next. Those that were released
/// are never altered.
std::span<const char* const> schema_steps();

/// What the file is. Its failure is the connection's; the value then says nothing.
Origin origin_of(Connection& connection);

/// Brings a file that is kEmpty or kOlder to the version that this program writes. After a failure
/// the connection is only good to be closed, which leaves the file as it was.
void migrate(Connection& connection, std::span<const char* const> steps = schema_steps());

}  // namespace kie::history
