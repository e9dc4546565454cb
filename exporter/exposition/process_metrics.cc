#include "exporter/exposition/process_metrics.h"

#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace kie::exposition {
namespace {

// Fields of /proc/self/stat after the command name, numbered as in proc(5) minus 3 (state is 0).
constexpr std::size_t kThreads = 17;
constexpr std::size_t kStartTicks = 19;
constexpr std::size_t kVirtualBytes = 20;
constexpr std::size_t kResidentPages = 21;

/// All of them, or none.
std::vector<std::string> process_stat() {
  std::ifstream file{"/proc/self/stat"};
  std::string line;
  std::getline(file, line);
  const auto name_end = line.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest{line.substr(name_end + 1)};
  std::vector<std::string> fields{std::istream_iterator<std::string>{rest}, {}};
  if (fields.size() <= kResidentPages) return {};
  return fields;
}

double to_seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

/// When the machine booted, seconds since 1970.
std::optional<double> boot_time() {
  std::ifstream file{"/proc/stat"};
  for (std::string word; file >> word;)
    if (double value = 0; word == "btime" && file >> value) return value;
  return std::nullopt;
}

std::optional<double> open_fds() {
  std::error_code error;
  const std::filesystem::directory_iterator entries{"/proc/self/fd", error};
  if (error) return std::nullopt;
  // One of them belongs to the listing itself.
  return static_cast<double>(std::distance(begin(entries), end(entries)) - 1);
}

}  // namespace

ProcessMetrics read_process_metrics() {
  ProcessMetrics metrics;
  rusage usage{};
  if (getrusage(RUSAGE_SELF, &usage) == 0)
    metrics.cpu_seconds = to_seconds(usage.ru_utime) + to_seconds(usage.ru_stime);
  if (const auto stat = process_stat(); !stat.empty()) {
    metrics.threads = std::stod(stat[kThreads]);
    metrics.virtual_memory_bytes = std::stod(stat[kVirtualBytes]);
    metrics.resident_memory_bytes =
        std::stod(stat[kResidentPages]) * static_cast<double>(sysconf(_SC_PAGESIZE));
  }
  metrics.open_fds = open_fds();
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) metrics.max_fds = static_cast<double>(limit.rlim_cur);
  return metrics;
}

std::optional<double> process_start_time_seconds() {
  const auto stat = process_stat();
  const auto booted = boot_time();
  if (stat.empty() || !booted) return std::nullopt;
  return *booted + std::stod(stat[kStartTicks]) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace kie::exposition
