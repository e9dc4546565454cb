#pragma once

#include "collectors/producers/advance.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/history/clocks.h"
#include "exporter/history/history.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kie {

/// Writes the state and the events of producers to the history, and restores both after a restart.
/// Thread: one at a time.
class ProducerJournal {
 public:
  ProducerJournal(history::History& history, exposition::SelfMetrics& self);

  /// Restores what earlier processes counted, and the fatal errors of the last hour. False: the
  /// history cannot be read now, and `state` is of no use.
  bool recall(producers::ProducersState& state, const producers::ProducerLimits& limits);
  /// Gives up on recall(): what earlier processes wrote is replaced.
  void begin_anew();

  /// These collect events until commit().
  void note(const producers::News& news);
  void note_vanished(const std::vector<const producers::Instance*>& instances);

  /// Writes the events, and what changed of the state, in one transaction. Both may be shown when
  /// this returns: after a kill no event is repeated and no total decreases.
  void store(producers::ProducersState& state);
  /// The same if there are events; otherwise what changed waits for store().
  void commit(producers::ProducersState& state);

 private:
  bool recall_rows(producers::ProducersState& state);
  bool recall_fatal_errors(producers::ProducersState& state,
                           const producers::ProducerLimits& limits);
  history::History& history_;
  exposition::SelfMetrics& self_;
  history::Clocks clocks_;
  /// Of the history, when the rows were last written or read.
  std::optional<std::uint64_t> generation_;
  /// Rows that cannot be read, to be removed.
  std::vector<std::string> corrupt_rows_;
  std::vector<history::StoredEvent> noted_;
};

}  // namespace kie
