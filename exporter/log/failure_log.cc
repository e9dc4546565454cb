#include "exporter/log/failure_log.h"

namespace kie {

using config::LogLevel;

void FailureLog::report(const std::string& what, const std::optional<std::string>& error,
                        const std::string& help) {
  const auto now = std::chrono::steady_clock::now();
  const auto found = since_.find(what);
  if (error) {
    if (found != since_.end()) return;
    since_.emplace(what, now);
    if (help.empty()) {
      log_warn(what + " failed", {{"cluster", cluster_}, {"error", *error}});
    } else {
      log_warn(what + " failed", {{"cluster", cluster_}, {"error", *error}, {"help", help}});
    }
  } else if (found != since_.end()) {
    const auto lasted = std::chrono::duration_cast<std::chrono::seconds>(now - found->second);
    since_.erase(found);
    log_info(what + " works again",
             {{"cluster", cluster_}, {"after", std::to_string(lasted.count()) + "s"}});
  }
}

namespace {

constexpr std::string_view kClosed = "Disconnected";

/// The text after "[thrd:HOST:PORT/ID]: ".
std::string_view without_thread(std::string_view text) {
  const auto end = text.find("]: ");
  return end == std::string_view::npos ? text : text.substr(end + 3);
}

/// The text after "HOST:PORT/ID: ".
std::string_view without_broker(std::string_view text) {
  const auto end = text.find(": ");
  return end == std::string_view::npos ? text : text.substr(end + 2);
}

}  // namespace

void RdkafkaLog::line(LogLevel level, std::string_view facility, std::string_view text) {
  if (level != LogLevel::kDebug) {
    // The thread identifies the broker.
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
