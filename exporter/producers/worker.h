#pragma once

#include "collectors/producers/advance.h"
#include "config/config.h"
#include "exporter/exposition/page.h"
#include "exporter/producers/acked_offsets.h"
#include "exporter/producers/document_queue.h"
#include "exporter/producers/journal.h"
#include "exporter/producers/store.h"

#include <cstddef>
#include <future>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

namespace kie {

/// Owns the state of applications' producers: applies documents, drops instances that do not report
/// any more, applies the rules, and renders, once a second at most.
/// Thread: run() is the producers thread.
class ProducersWorker {
 public:
  /// `connections`: the limit of the ingest server; each may have one batch in the queue. The
  /// referenced objects must outlive this.
  ProducersWorker(const config::IngestConfig& ingest, std::size_t connections,
                  config::RiskConfig risk, ProducerStore& store, ProducerJournal& journal,
                  AckedOffsets& acknowledged, exposition::PageMaker& pages,
                  exposition::SelfMetrics& self);

  /// Queues documents. nullopt: too many wait already. Thread: any.
  std::optional<std::future<DocumentOutcomes>> take(std::vector<ProducerDocument> documents) {
    return queue_.push(std::move(documents));
  }

  /// Replaces the thresholds of the rules; they apply within ten seconds. Thread: any.
  void take(config::RiskConfig risk);

  void run(const std::stop_token& stop);

 private:
  void recall();
  void take_in(DocumentQueue::Batch batch);
  void forget_silent(producers::Instant now);
  void apply_rules(producers::Instant now);
  void publish();

  const producers::ProducerLimits limits_;
  ProducerStore& store_;
  ProducerJournal& journal_;
  AckedOffsets& acknowledged_;
  exposition::PageMaker& pages_;
  exposition::SelfMetrics& self_;
  exposition::ClusterSamples samples_;
  DocumentQueue queue_;
  /// The state of earlier processes is restored, or given up.
  bool is_recalled_ = false;
  int recalls_ = 0;

  std::mutex risk_mutex_;
  config::RiskConfig risk_;
  /// When the rules are applied next: they take longer than all the rest.
  producers::Instant risks_due_{};
};

}  // namespace kie
