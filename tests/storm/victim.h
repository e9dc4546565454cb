#pragma once

#include "exporter/history/event.h"
#include "tests/storm/replay.h"

#include <cstddef>
#include <cstdint>
#include <string>

/// The process that is killed: the exporter without Kafka and HTTP.
namespace kie::storm {

inline constexpr std::size_t kClusters = 2;

struct Task {
  std::string file;
  /// When the first step was.
  history::Time begin;
  /// The journal is told from here on.
  std::int64_t after = 0;
  /// Ends by itself: when the journal is told and what is still open after the last look is
  /// answered.
  bool is_last = false;
};

/// Starts, tells through the socket what is known and what the journal has, and then each thing
/// that is shown: in messages of JSON, {"kind": ..., ...}. Ends the process.
[[noreturn]] void be_victim(const Replay& replay, const Task& task, int socket);

}  // namespace kie::storm
