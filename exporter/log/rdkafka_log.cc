#include "exporter/log/rdkafka_log.h"

#include "exporter/log/log.h"

#include <utility>

namespace kie {
namespace {

using config::LogLevel;

constexpr std::string_view kClosed = "Disconnected";

/// What comes after "[thrd:HOST:PORT/ID]: ".
std::string_view without_thread(std::string_view text) {
  const auto end = text.find("]: ");
  return end == std::string_view::npos ? text : text.substr(end + 3);
}

/// What comes after "HOST:PORT/ID: ".
std::string_view without_broker(std::string_view text) {
  const auto end = text.find(": ");
  return end == std::string_view::npos ? text : text.substr(end + 2);
}

}  // namespace

void RdkafkaLog::line(LogLevel level, std::string_view facility, std::string_view text) {
  if (level != LogLevel::kDebug) {
    // The thread stands for the broker.
    std::string key{facility};
    key += text.substr(0, text.find(']'));
    const auto reason = without_thread(text);
    const auto what = without_broker(reason);
    const bool is_failure = facility == "FAIL";
    const bool is_closed = is_failure && what.starts_with(kClosed);
    // "Disconnected (after 5ms in state UP)" gives no reason.
    const bool says_why =
        is_failure && !(is_closed && what.substr(kClosed.size()).starts_with(" ("));
    const std::scoped_lock lock{mutex_};
    if (says_why) last_reason_ = reason;
    if (is_closed || !reported_.insert(std::move(key)).second) level = LogLevel::kDebug;
  }
  log(level, text,
      {{"cluster", cluster_}, {"from", "librdkafka"}, {"facility", std::string(facility)}});
}

void RdkafkaLog::all_well() {
  const std::scoped_lock lock{mutex_};
  reported_.clear();
}

void RdkafkaLog::forget_reason() {
  const std::scoped_lock lock{mutex_};
  last_reason_.clear();
}

std::string RdkafkaLog::last_reason() {
  const std::scoped_lock lock{mutex_};
  return last_reason_;
}

}  // namespace kie
