#pragma once

#include "config/config.h"
#include "exporter/exposition/page.h"
#include "exporter/producers/journal.h"
#include "exporter/producers/store.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace kie {

/// Puts what is known of producers into the page, once a second at most, and forgets those that
/// fell silent.
class ProducersWorker {
 public:
  ProducersWorker(ProducerStore& board, ProducerJournal& journal, exposition::PageMaker& pages,
                  exposition::SelfMetrics& self, config::Risk risk);

  /// There is something new. Thread: any.
  void changed();

  /// Goes on with other rules. Thread: any.
  void take(config::Risk risk);

  /// Thread: one, of its own.
  void run(const std::stop_token& stop);

 private:
  void publish();

  ProducerStore& board_;
  /// Held with the board.
  ProducerJournal& journal_;
  exposition::PageMaker& pages_;
  exposition::SelfMetrics& self_;
  exposition::ClusterSamples pieces_;

  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool is_changed_ = false;
  config::Risk risk_;
  /// When the rules are to be applied next: they take longer than all the rest.
  producers::Instant risks_due_{};
};

}  // namespace kie
