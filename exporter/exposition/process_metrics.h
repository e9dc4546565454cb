#pragma once

#include <optional>

namespace kie::exposition {

/// What the kernel says of this process; nullopt where it says nothing. Sources: getrusage(2),
/// getrlimit(2), proc(5).
struct ProcessMetrics {
  std::optional<double> cpu_seconds;
  std::optional<double> threads;
  std::optional<double> virtual_memory_bytes;
  std::optional<double> resident_memory_bytes;
  std::optional<double> open_fds;
  std::optional<double> max_fds;
};

/// As it is now. Thread: any.
ProcessMetrics read_process_metrics();

/// When the process started, seconds since 1970. Thread: any.
std::optional<double> process_start_time_seconds();

}  // namespace kie::exposition
