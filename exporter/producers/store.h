#pragma once

#include "collectors/producers/state.h"
#include "collectors/risk/finding.h"

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace kie {

/// The state of applications' producers. Only the producers thread writes: it holds the mutex while
/// it does, never during I/O, while it applies rules or while it renders, and reads without it. All
/// other threads hold it while they read.
struct ProducerStore {
  std::mutex mutex;
  producers::ProducersState state;
  /// The rules' findings, exempt or not; renewed every ten seconds.
  std::vector<risk::Finding> risks;
  /// Of the live producers that report the cluster to which they write, by its id.
  std::map<std::string, std::chrono::milliseconds, std::less<>> longest_delivery_timeout;
};

}  // namespace kie
