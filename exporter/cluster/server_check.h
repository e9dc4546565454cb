#pragma once

#include "config/config.h"

#include <chrono>
#include <future>
#include <optional>
#include <string>

namespace kie {

/// Checks whether the configured servers are brokers of one cluster. librdkafka would use the one
/// that answers first, and mix the brokers of both.
/// Thread: the cluster's poll thread; requests run in a thread of this class, which the destructor
/// ends.
class ServerCheck {
 public:
  /// Asks the servers, if there are several. librdkafka must have accepted the configuration.
  void start(const config::ClusterConfig& cluster);

  /// The problem, as far as the servers have answered; waits for them at most so long. If there is
  /// one they are asked again, so that it ends when it is fixed.
  std::optional<std::string> problem(std::chrono::milliseconds wait);

 private:
  config::ClusterConfig cluster_;
  std::future<std::optional<std::string>> asked_;
  std::optional<std::string> problem_;
};

}  // namespace kie
