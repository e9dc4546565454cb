#pragma once

#include "exporter/exposition/self_metrics.h"
#include "exporter/history/history.h"

#include <string>

namespace kie {

/// Commits a change, counts its events by kind, and shows the history's figures as they are then.
/// `cluster`: empty for what belongs to none.
void commit(history::History& history, exposition::SelfMetrics& self, const std::string& cluster,
            history::Change change);

/// Whether the file of the history is written, and its size.
void show_figures(const history::History& history, exposition::SelfMetrics& self);

}  // namespace kie
