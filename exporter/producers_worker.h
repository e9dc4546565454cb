#pragma once

#include "exporter/exposition/page.h"
#include "exporter/producer_journal.h"
#include "exporter/producers_board.h"

#include <condition_variable>
#include <mutex>
#include <stop_token>

namespace kie {

/// Puts what is known of producers into the page, once a second at most, and forgets those that
/// fell silent.
class ProducersWorker {
 public:
  ProducersWorker(ProducersBoard& board, ProducerJournal& journal, exposition::PageMaker& pages,
                  exposition::SelfMetrics& self);

  /// There is something new. Thread: any.
  void changed();

  /// Thread: one, of its own.
  void run(const std::stop_token& stop);

 private:
  void publish();

  ProducersBoard& board_;
  /// Held with the board.
  ProducerJournal& journal_;
  exposition::PageMaker& pages_;
  exposition::SelfMetrics& self_;
  exposition::Pieces pieces_;

  std::mutex mutex_;
  std::condition_variable_any wake_;
  bool is_changed_ = false;
};

}  // namespace kie
