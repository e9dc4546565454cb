#pragma once

#include "collectors/loss/state.h"
#include "collectors/model/configs.h"
#include "collectors/replication/state.h"
#include "collectors/risk/cluster.h"

#include <mutex>

namespace kie {

/// All that is known of one cluster. Its poll thread alone writes, and holds the mutex while it
/// does, never across a question to Kafka; everybody else holds it while reading.
struct Knowledge {
  mutable std::mutex mutex;
  replication::State state;
  loss::State loss;
  model::Configs settings;
  /// What rules find in the settings, exempt or not; renewed by every poll.
  risk::Findings risks;
};

}  // namespace kie
