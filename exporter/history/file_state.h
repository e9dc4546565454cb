#pragma once

#include <atomic>
#include <cstdint>

namespace kie::history {

/// The state of the file that the writing and the reading thread share. Thread: any.
struct FileState {
  /// The writer runs, and its last try succeeded.
  std::atomic<bool> is_written = false;
  /// See History::generation().
  std::atomic<std::uint64_t> generation = 0;
  /// The generation in which the reader last found damage; before the first one: never. The next
  /// write begins with it, if that is still the file.
  std::atomic<std::uint64_t> damaged_generation = 0;
};

}  // namespace kie::history
