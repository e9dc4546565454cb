#pragma once

#include "collectors/kafka/session.h"
#include "collectors/model/configs.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kie::kafka {

struct ConfigsReport {
  /// Topics whose configs are refused, by error text.
  std::map<std::string, std::vector<std::string>> refused;
  std::optional<Error> topics_error;
  /// Brokers that did not return their configs, or refused to.
  std::map<BrokerId, Error> brokers_failed;
};

/// Reads the configs of `topics` and `brokers` into `configs`. Removes what is refused; keeps what
/// is not answered. Asks one broker for all topics, and each broker for its own configs.
/// Thread: the cluster's poll thread.
ConfigsReport read_configs(Session& session, model::Configs& configs,
                           const std::vector<std::string>& topics,
                           const std::vector<BrokerId>& brokers);

}  // namespace kie::kafka
