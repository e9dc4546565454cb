#pragma once

#include <atomic>
#include <cstdint>

namespace kie::history {

/// The state of the file that the writing and the reading thread share. Thread: any.
struct FileState {
  /// The writer runs, and its last try succeeded.
  std::atomic<bool> is_written = false;
  /// Found by the reading thread; the next write handles it first.
  std::atomic<bool> found_damage = false;
  /// See History::generation().
  std::atomic<std::uint64_t> generation = 0;
};

}  // namespace kie::history
