#include "exporter/reload.h"

#include "exporter/exposition/self_metrics.h"
#include "exporter/log/log.h"
#include "exporter/log/survive.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <utility>

namespace kie {
namespace {

using exposition::FamilyId;
using exposition::unix_seconds;

}  // namespace

Reloader::Reloader(config::Flags flags, config::LoadContext load_context,
                   const config::Config& config, ClusterSupervisor& clusters,
                   std::function<void(const config::RiskConfig&)> take_risk,
                   exposition::SelfMetrics& self)
    : flags_(std::move(flags)),
      load_context_(std::move(load_context)),
      web_(config.web),
      history_(config.history),
      ingest_(config.ingest),
      clusters_(clusters),
      take_risk_(std::move(take_risk)),
      successful_(self.gauge(FamilyId::kReloadSuccessful)),
      success_time_(self.gauge(FamilyId::kReloadSuccess)),
      internal_errors_(self.counter(FamilyId::kInternalErrors, {{"thread", "reload"}})) {
  successful_.Set(1);
  success_time_.Set(unix_seconds(std::chrono::system_clock::now()));
}

tl::expected<config::Config, config::ConfigErrors> Reloader::load_and_apply() {
  auto config = config::load(flags_, load_context_);
  if (!config) return config;
  if (auto changed = clusters_.change(config->clusters); !changed)
    return tl::make_unexpected(std::move(changed.error()));
  take_risk_(config->risk);
  set_log(config->log);
  return config;
}

tl::expected<void, std::string> Reloader::reload(const std::string& why) {
  const std::scoped_lock lock{mutex_};
  tl::expected<config::Config, config::ConfigErrors> config =
      tl::make_unexpected(config::ConfigErrors{
          {{.source = flags_.config_file.value_or("flags")}, "internal error; see the log"}});
  survives(
      "reload", [&] { config = load_and_apply(); },
      [this](const std::string& /*error*/) { internal_errors_.Increment(); });
  successful_.Set(config ? 1 : 0);
  if (!config) {
    std::string all;
    for (const auto& problem : config.error()) {
      log_error("reload failed, the previous configuration stays in force",
                {{"from", why}, {"problem", problem.text()}});
      all += problem.text() + "\n";
    }
    return tl::make_unexpected(std::move(all));
  }
  success_time_.Set(unix_seconds(std::chrono::system_clock::now()));
  log_info("configuration reloaded", {{"from", why}, {"file", flags_.config_file.value_or("")}});
  if (config->web != web_) log_warn("changes in [web] take effect at the next start");
  if (config->history != history_) log_warn("changes in [history] take effect at the next start");
  if (config->ingest != ingest_) log_warn("changes in [ingest] take effect at the next start");
  return {};
}

}  // namespace kie
