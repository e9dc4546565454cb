#pragma once

#include "config/config.h"
#include "exporter/producers/store.h"

namespace kie {

/// Applies the rules to what producers report, and notes their delivery timeouts. The board's mutex
/// is held.
void evaluate_risks(ProducerStore& board, const config::Risk& config, producers::Instant now);

}  // namespace kie
