#pragma once

#include "collectors/producers/state.h"
#include "collectors/risk/finding.h"
#include "exporter/exposition/cluster_samples.h"

#include <span>

namespace kie::exposition {

/// All samples of the families of producers. Of a client without an instance only what was counted.
void render(const producers::ProducersState& state, std::span<const risk::Finding> risks,
            producers::Instant now, ClusterSamples& samples);

}  // namespace kie::exposition
