#pragma once

#include "exporter/exposition/page.h"
#include "exporter/http/message.h"
#include "exporter/status.h"

#include <string>

namespace kie::http {

/// Answers every path there is.
/// Thread: any; what it reads is thread-safe.
class Routes {
 public:
  Routes(std::string telemetry_path, std::string version, const exposition::PageMaker& pages,
         const StatusBoard& status, prometheus::Counter& scrapes)
      : telemetry_path_(std::move(telemetry_path)),
        version_(std::move(version)),
        pages_(pages),
        status_(status),
        scrapes_(scrapes) {}

  Response answer(const Request& request) const;

 private:
  Response metrics(const Request& request) const;
  Response ready() const;
  Response landing_page() const;

  std::string telemetry_path_;
  std::string version_;
  const exposition::PageMaker& pages_;
  const StatusBoard& status_;
  prometheus::Counter& scrapes_;
};

}  // namespace kie::http
