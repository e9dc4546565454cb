#include "exporter/trouble.h"

namespace kie {

using config::LogLevel;

void Trouble::report(const std::string& what, const std::optional<std::string>& error,
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

void RdkafkaLog::line(LogLevel level, std::string_view facility, std::string_view text) {
  if (level != LogLevel::kDebug) {
    // "[thrd:HOST:PORT/ID]: ...": the thread stands for the broker.
    std::string key{facility};
    key += text.substr(0, text.find(']'));
    const std::scoped_lock lock{mutex_};
    if (facility == "FAIL") {
      const auto end = text.find("]: ");
      last_reason_ = end == std::string_view::npos ? text : text.substr(end + 3);
    }
    if (!said_.insert(std::move(key)).second) level = LogLevel::kDebug;
  }
  log(level, text,
      {{"cluster", cluster_}, {"from", "librdkafka"}, {"facility", std::string(facility)}});
}

void RdkafkaLog::all_well() {
  const std::scoped_lock lock{mutex_};
  said_.clear();
  last_reason_.clear();
}

std::string RdkafkaLog::last_reason() {
  const std::scoped_lock lock{mutex_};
  return last_reason_;
}

}  // namespace kie
