#pragma once

#include "collectors/risk/finding.h"
#include "exporter/cluster/status.h"
#include "exporter/producers/store.h"
#include "exporter/web/api/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kie::api {

inline constexpr std::uint64_t kMostRisks = 1000;

struct RiskQuery {
  /// Only the findings of this cluster.
  const ClusterStatus* cluster = nullptr;
  std::optional<risk::Scope> scope;
  const risk::Rule* rule = nullptr;
  std::optional<risk::Severity> severity;
  std::uint64_t limit = 100;
  /// The number of findings to skip.
  std::uint64_t after = 0;
};

std::optional<risk::Scope> parse_scope(const std::string& text);
std::optional<risk::Severity> parse_severity(const std::string& text);

/// {"risks": [...], "unknown": [...], "next": cursor or null}: findings by cluster, then those of
/// producers; and the topics and brokers whose settings are not known.
Json risks_json(const std::vector<ClusterStatus>& clusters, ProducerStore& producers,
                const RiskQuery& query);

}  // namespace kie::api
