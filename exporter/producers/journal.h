#pragma once

#include "collectors/producers/advance.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/history/history.h"

#include <vector>

namespace kie {

/// Writes events of producers to the journal, and restores after a restart what the one-hour
/// windows need. Thread: one at a time.
class ProducerJournal {
 public:
  ProducerJournal(history::History& history, exposition::SelfMetrics& self);

  /// Restores fatal errors of the last hour from the previous process.
  void recall(producers::ProducersState& state);

  /// These collect events until commit().
  void note(const producers::News& news);
  void note_vanished(const std::vector<const producers::Instance*>& instances);

  /// Writes the events in one transaction; they may be shown when this returns.
  void commit();

 private:
  history::History& history_;
  exposition::SelfMetrics& self_;
  std::vector<history::StoredEvent> noted_;
};

}  // namespace kie
