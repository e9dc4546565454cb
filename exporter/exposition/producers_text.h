#pragma once

#include "collectors/producers/state.h"
#include "exporter/exposition/pieces.h"

namespace kie::exposition {

/// All samples of the families of producers. Of a client without an instance only what was counted.
void render(const producers::State& state, producers::Instant now, Pieces& pieces);

}  // namespace kie::exposition
