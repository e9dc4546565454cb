#pragma once

#include <atomic>
#include <cstdint>

namespace kie::history {

/// What those who write the file and those who read it know of it from each other. Thread: any.
struct FileState {
  /// The writer is there, and its last try worked.
  std::atomic<bool> is_written = false;
  /// Found by who reads; the next write begins with it.
  std::atomic<bool> found_damage = false;
  /// See History::generation().
  std::atomic<std::uint64_t> generation = 0;
};

}  // namespace kie::history
