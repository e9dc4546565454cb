#pragma once

#include "exporter/cluster/status.h"
#include "exporter/exposition/page.h"
#include "exporter/http/message.h"
#include "exporter/web/api/api.h"

#include <tl/expected.hpp>

#include <functional>
#include <string>

namespace kie::http {

/// Reloads the configuration, or returns the errors in it.
using Reload = std::function<tl::expected<void, std::string>()>;

/// Answers all paths.
/// Thread: any; what it reads is thread-safe.
class Routes {
 public:
  /// `reload`: empty if reloading over HTTP is disabled.
  Routes(std::string telemetry_path, std::string version, exposition::PageMaker& pages,
         const StatusBoard& status, ProducerStore& producers, history::History& history,
         prometheus::Counter& scrapes, Reload reload, int most_waiting = 8)
      : telemetry_path_(std::move(telemetry_path)),
        version_(std::move(version)),
        pages_(pages),
        status_(status),
        scrapes_(scrapes),
        reload_(std::move(reload)),
        api_(status, producers, history, most_waiting) {}

  Response answer(const Request& request) const;

 private:
  Response metrics(const Request& request) const;
  Response ready() const;
  Response reload() const;
  Response landing_page() const;

  std::string telemetry_path_;
  std::string version_;
  exposition::PageMaker& pages_;
  const StatusBoard& status_;
  prometheus::Counter& scrapes_;
  Reload reload_;
  api::Api api_;
};

}  // namespace kie::http
