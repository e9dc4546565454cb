#include "exporter/log/failure_log.h"

#include "exporter/log/log.h"

namespace kie {

void FailureLog::report(const std::string& what, const std::optional<std::string>& error,
                        const std::string& help) {
  const auto now = std::chrono::steady_clock::now();
  const auto found = since_.find(what);
  if (error) {
    if (found != since_.end()) return;
    since_.emplace(what, now);
    log_warn(what + " failed", {{"cluster", cluster_}, {"error", *error}, {"help", help}});
  } else if (found != since_.end()) {
    const auto lasted = std::chrono::duration_cast<std::chrono::seconds>(now - found->second);
    since_.erase(found);
    log_info(what + " works again",
             {{"cluster", cluster_}, {"after", std::to_string(lasted.count()) + "s"}});
  }
}

}  // namespace kie
