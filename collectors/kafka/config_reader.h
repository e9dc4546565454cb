#pragma once

#include "collectors/kafka/session.h"
#include "collectors/model/configs.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kie::kafka {

struct ConfigsReport {
  /// Topics whose configs are refused, by librdkafka's words.
  std::map<std::string, std::vector<std::string>> refused;
  std::optional<Error> topics_error;
  /// Brokers that did not answer for themselves, or refused to.
  std::map<BrokerId, Error> brokers_failed;
};

/// Reads the configs of `topics` and `brokers` into `configs`. What is refused is taken out of it;
/// what has no answer stays as it was. Asks one broker for all topics, and each broker for itself.
/// Thread: the cluster's poll thread.
ConfigsReport read_configs(Session& session, model::Configs& configs,
                           const std::vector<std::string>& topics,
                           const std::vector<BrokerId>& brokers);

}  // namespace kie::kafka
