#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

namespace kie {

/// Runs the work of a thread until it is stopped. An exception is logged and passed to `failed`;
/// then the work begins again, after `pause`: no thread of the exporter may end the process.
/// Blocks. `work` must return when stop is requested. Thread: that of the work.
void run_until_stopped(std::string_view thread, const std::stop_token& stop,
                       const std::function<void()>& work,
                       const std::function<void(const std::string& error)>& failed,
                       std::chrono::milliseconds pause = std::chrono::seconds{1}) noexcept;

/// Runs one step. False if it threw an exception, which is logged and passed to `failed`.
bool survives(std::string_view thread, const std::function<void()>& step,
              const std::function<void(const std::string& error)>& failed) noexcept;

}  // namespace kie
