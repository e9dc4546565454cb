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

/// All that is known of applications' producers. The producers thread alone writes: it holds the
/// mutex while it does, never during I/O, while it applies rules or while it renders, and reads
/// without it. Everybody else holds it while reading.
struct ProducerStore {
  std::mutex mutex;
  producers::ProducersState state;
  /// What rules find in what they report, exempt or not; renewed every ten seconds.
  std::vector<risk::Finding> risks;
  /// Of the live producers that tell to which cluster they write, by its id.
  std::map<std::string, std::chrono::milliseconds, std::less<>> longest_delivery_timeout;
};

}  // namespace kie
