#pragma once

#include "config/flags.h"
#include "config/load.h"
#include "exporter/cluster/supervisor.h"

#include <tl/expected.hpp>

#include <functional>
#include <mutex>
#include <string>

namespace kie {

/// Reloads the configuration of the running process.
/// Thread: any; one reload at a time.
class Reloader {
 public:
  /// `config`: loaded with `flags` at the start. `take_risk`: called with the rules in force.
  Reloader(config::Flags flags, config::LoadContext load_context, const config::Config& config,
           ClusterSupervisor& clusters, std::function<void(const config::RiskConfig&)> take_risk,
           exposition::SelfMetrics& self);

  /// Applies the present file, or keeps the previous configuration and returns all errors, one per
  /// line. `why`: the source of the request, for the log.
  tl::expected<void, std::string> reload(const std::string& why);

 private:
  tl::expected<config::Config, config::ConfigErrors> load_and_apply();

  config::Flags flags_;
  config::LoadContext load_context_;
  config::WebConfig web_;
  config::HistoryConfig history_;
  config::IngestConfig ingest_;
  ClusterSupervisor& clusters_;
  std::function<void(const config::RiskConfig&)> take_risk_;
  prometheus::Gauge& successful_;
  prometheus::Gauge& success_time_;
  prometheus::Counter& internal_errors_;
  std::mutex mutex_;
};

}  // namespace kie
