#pragma once

#include "collectors/cluster/state.h"
#include "config/config.h"
#include "exporter/cluster/status.h"
#include "exporter/exposition/page.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace kie {

/// Publishes one cluster: to /metrics, the landing page, the readiness check and the API.
/// Thread: the cluster's poll thread, which reads `known` without its mutex, as it alone writes.
class Publisher {
 public:
  /// `number`: the cluster's place on the page. `takes_reports`: producers' reports are accepted.
  /// `pages` and `board` must outlive this.
  Publisher(std::size_t number, exposition::PageMaker& pages, StatusBoard& board,
            bool takes_reports);
  /// Removes what is published.
  ~Publisher();
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  /// `status`: filled by the worker with the state of its polls; the rest follows from `known`.
  void publish(const config::ClusterConfig& config,
               const std::shared_ptr<const ClusterState>& known, ClusterStatus status);

  /// When something that is published goes stale; nullopt: never.
  const std::optional<model::Instant>& next_expiry() const { return next_expiry_; }

  /// Topics with an unhealthy partition, those with a single in-sync replica first.
  const std::vector<std::string>& unhealthy() const { return unhealthy_; }

 private:
  std::size_t number_;
  exposition::PageMaker& pages_;
  StatusBoard& board_;
  bool takes_reports_;
  exposition::ClusterSamples samples_;
  std::optional<model::Instant> next_expiry_;
  std::vector<std::string> unhealthy_;
};

}  // namespace kie
