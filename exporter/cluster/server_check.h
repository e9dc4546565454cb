#pragma once

#include "config/config.h"

#include <chrono>
#include <future>
#include <optional>
#include <string>

namespace kie {

/// Finds out whether the configured servers are brokers of one cluster. librdkafka would watch
/// whichever answers first, and take the brokers of both for one cluster's.
/// Thread: the cluster's poll thread; it asks in one of its own, and has ended it when it goes.
class ServerCheck {
 public:
  /// Asks the servers, if they are several. librdkafka has taken the configuration before.
  void start(const config::ClusterConfig& cluster);

  /// What is wrong, as far as the servers have answered; waits for them at most so long. Where
  /// something is wrong they are asked again, so that it ends when it is mended.
  std::optional<std::string> problem(std::chrono::milliseconds wait);

 private:
  config::ClusterConfig cluster_;
  std::future<std::optional<std::string>> asked_;
  std::optional<std::string> problem_;
};

}  // namespace kie
