#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace kie {

/// Runs the work of a thread until it is stopped. An exception that leaves it is logged and given
/// to `failed`; then the work begins again, after `pause`: no thread of the exporter may end the
/// process. Blocks. `work` returns when stop is requested. Thread: the one whose work it is.
void run_until_stopped(std::string_view thread, const std::stop_token& stop,
                       const std::function<void()>& work,
                       const std::function<void(const std::string& error)>& failed,
                       std::chrono::milliseconds pause = std::chrono::seconds{1}) noexcept;

/// Runs one step. False if an exception left it, which is logged and given to `failed`.
bool survives(std::string_view thread, const std::function<void()>& step,
              const std::function<void(const std::string& error)>& failed) noexcept;

}  // namespace kie
