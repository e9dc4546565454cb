#include "exporter/log/survive.h"

#include "exporter/log/log.h"

#include <condition_variable>
#include <exception>
#include <mutex>

namespace kie {
namespace {

/// Memory may be so short that this cannot be logged either.
void report(std::string_view thread, const char* error,
            const std::function<void(const std::string& error)>& failed) noexcept {
  try {
    log_error("exception in a thread, continuing",
              {{"thread", std::string{thread}}, {"error", error}});
  } catch (...) {  // NOLINT(bugprone-empty-catch)
  }
  try {
    failed(error);
  } catch (...) {  // NOLINT(bugprone-empty-catch)
  }
}

void wait(const std::stop_token& stop, std::chrono::milliseconds pause) noexcept {
  try {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    never.wait_for(lock, stop, pause, [] { return false; });
  } catch (...) {  // NOLINT(bugprone-empty-catch)
  }
}

}  // namespace

bool survives(std::string_view thread, const std::function<void()>& step,
              const std::function<void(const std::string& error)>& failed) noexcept {
  try {
    step();
    return true;
  } catch (const std::exception& error) {
    report(thread, error.what(), failed);
  } catch (...) {
    report(thread, "not a std::exception", failed);
  }
  return false;
}

void run_until_stopped(std::string_view thread, const std::stop_token& stop,
                       const std::function<void()>& work,
                       const std::function<void(const std::string& error)>& failed,
                       std::chrono::milliseconds pause) noexcept {
  while (!stop.stop_requested())
    if (!survives(thread, work, failed)) wait(stop, pause);
}

}  // namespace kie
