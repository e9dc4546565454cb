#pragma once

#include "collectors/risk/finding.h"

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kie::risk {

/// One producer that reports. References must outlive the call only.
struct ReportingProducer {
  std::string_view client_id;
  /// Empty: not reported.
  std::string_view host, client, cluster_id;
  /// nullopt: not reported.
  std::optional<std::span<const std::pair<std::string_view, std::string>>> settings;
  /// When its first report arrived, and the newest that was neither late nor a duplicate.
  std::chrono::steady_clock::time_point first, last;
  /// It has not ended, and still reports.
  bool is_live = false;
};

/// The rules of scope producer; each rule once for a client.id. Those of `all` that are gone count
/// as new ones of the last hour.
std::vector<Finding> evaluate(std::span<const ReportingProducer> all, const Thresholds& thresholds,
                              std::chrono::steady_clock::time_point now);

/// How long a producer retries a record; nullopt: without limit, or no settings are reported.
std::optional<milliseconds> delivery_timeout(const ReportingProducer& producer);

}  // namespace kie::risk
