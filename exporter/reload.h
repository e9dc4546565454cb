#pragma once

#include "config/flags.h"
#include "config/load.h"
#include "exporter/clusters.h"

#include <tl/expected.hpp>

#include <mutex>
#include <string>

namespace kie {

/// Reads the configuration again while the process runs.
/// Thread: any; one reload at a time.
class Reloader {
 public:
  /// `config`: what `flags` came to at the start.
  Reloader(config::Flags flags, config::Surroundings surroundings, const config::Config& config,
           Clusters& clusters, exposition::SelfMetrics& self);

  /// Puts the file as it is now in force, or keeps what was and says everything that is wrong, a
  /// line each. `why`: who asked, for the log.
  tl::expected<void, std::string> reload(const std::string& why);

 private:
  tl::expected<config::Config, config::Problems> load_and_apply();

  config::Flags flags_;
  config::Surroundings surroundings_;
  config::Web web_;
  config::History history_;
  config::Ingest ingest_;
  Clusters& clusters_;
  prometheus::Gauge& successful_;
  prometheus::Gauge& success_time_;
  std::mutex mutex_;
};

}  // namespace kie
