#pragma once

#include "collectors/risk/finding.h"

#include <chrono>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kie::risk {

/// One producer that reports. References outlive the call only.
struct ReportingProducer {
  std::string_view client_id;
  /// Empty: not told.
  std::string_view host, client, cluster_id;
  /// nullopt: not told.
  std::optional<std::span<const std::pair<std::string_view, std::string>>> settings;
  /// When its first report came, and the newest that was not late or doubled.
  std::chrono::steady_clock::time_point first, last;
  /// It neither ended nor fell silent.
  bool is_live = false;
};

/// The rules of scope producer; each rule once for a client.id. Of `all`, those that are gone count
/// among the new ones of the last hour.
std::vector<Finding> evaluate(std::span<const ReportingProducer> all, const Thresholds& thresholds,
                              std::chrono::steady_clock::time_point now);

/// How long a producer goes on with a record: nullopt without limit, or if no settings are told.
std::optional<milliseconds> delivery_timeout(const ReportingProducer& producer);

}  // namespace kie::risk
