#pragma once

#include <optional>

namespace kie::exposition {

/// The kernel's figures of this process; nullopt: not available. Sources: getrusage(2),
/// getrlimit(2), proc(5).
struct ProcessMetrics {
  std::optional<double> cpu_seconds;
  std::optional<double> threads;
  std::optional<double> virtual_memory_bytes;
  std::optional<double> resident_memory_bytes;
  std::optional<double> open_fds;
  std::optional<double> max_fds;
};

/// Thread: any.
ProcessMetrics read_process_metrics();

/// When the process started, seconds since 1970. Thread: any.
std::optional<double> process_start_time_seconds();

}  // namespace kie::exposition
