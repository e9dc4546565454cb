#pragma once

#include "collectors/producers/advance.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/history/history.h"

#include <vector>

namespace kie {

/// What became known of producers goes to the journal, and comes back after a restart as far as
/// windows of an hour need it. Thread: one at a time.
class ProducerJournal {
 public:
  ProducerJournal(history::History& history, exposition::SelfMetrics& self);

  /// Fatal errors of the last hour, from the process before.
  void recall(producers::ProducersState& state);

  /// These keep what is to be written until commit().
  void note(const producers::News& news);
  void note_vanished(const std::vector<const producers::Instance*>& instances);

  /// Writes it in one transaction; it may be shown when this returns.
  void commit();

 private:
  history::History& history_;
  exposition::SelfMetrics& self_;
  std::vector<history::StoredEvent> noted_;
};

}  // namespace kie
