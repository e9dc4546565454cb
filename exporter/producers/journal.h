#pragma once

#include "collectors/producers/advance.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/history/history.h"

#include <string_view>
#include <vector>

namespace kie {

/// What became known of producers goes to the journal, and comes back after a restart as far as
/// windows of an hour need it. Thread: one at a time.
class ProducerJournal {
 public:
  ProducerJournal(history::History& history, exposition::SelfMetrics& self);

  /// Fatal errors of the last hour, from the process before.
  void recall(producers::State& state);

  /// It may be shown when this returns.
  void write(const producers::News& news);
  void write_vanished(const std::vector<const producers::Instance*>& instances);

 private:
  void commit(std::vector<history::Event> events);

  history::History& history_;
  exposition::SelfMetrics& self_;
};

}  // namespace kie
