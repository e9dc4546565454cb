#include "exporter/cluster/epoch_end_log.h"

#include "collectors/kafka/acl.h"

#include <fmt/format.h>

#include <optional>

namespace kie {

bool EpochEndLog::take(const EpochEndThread::Report& report, bool is_last) {
  const auto& answers = report.answers;
  std::optional<std::string> error;
  std::string help;
  if (!answers.refused.empty()) {
    error = fmt::format("TOPIC_AUTHORIZATION_FAILED for {} topics, {} first",
                        answers.refused.size(), answers.refused.front());
    help = kafka::acl_command({answers.refused.front()}, "Describe");
  }
  any_failed_ = any_failed_ || error;
  if (error || (is_last && !any_failed_))
    failure_log_.report("asking where leader epochs end", error, help);
  if (is_last) any_failed_ = false;
  return !error && answers.open == 0;
}

}  // namespace kie
