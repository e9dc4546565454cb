#pragma once

#include "collectors/producers/state.h"
#include "collectors/risk/finding.h"
#include "exporter/exposition/cluster_samples.h"

#include <span>

namespace kie::exposition {

/// Renders all families of producers. A client without an instance has only its counters.
void render(const producers::ProducersState& state, std::span<const risk::Finding> risks,
            producers::Instant now, ClusterSamples& samples);

}  // namespace kie::exposition
