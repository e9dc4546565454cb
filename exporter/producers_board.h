#pragma once

#include "collectors/producers/state.h"

#include <mutex>

namespace kie {

/// All that is known of applications' producers. Whoever reads or writes holds the mutex, never
/// while waiting for anything.
struct ProducersBoard {
  std::mutex mutex;
  producers::State state;
};

}  // namespace kie
