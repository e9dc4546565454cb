#pragma once

#include "collectors/producers/advance.h"
#include "collectors/producers/report.h"
#include "collectors/producers/statistics.h"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <stop_token>
#include <variant>
#include <vector>

namespace kie {

using ProducerDocument = std::variant<producers::Statistics, producers::ProducerReport>;

/// What became of a document.
struct DocumentOutcome {
  /// Why it was not accepted; nullopt: it was.
  std::optional<producers::Refusal> refused{};
  /// Why parts of it were not used.
  std::vector<producers::Refusal> given_up{};
};

/// Of the documents of a batch, in their order.
using DocumentOutcomes = std::vector<DocumentOutcome>;

/// Passes documents of producers from HTTP requests to the thread that owns the state of producers.
/// Bounded: push() fails if it is full.
/// Thread: any for push(); the producers thread for pop().
class DocumentQueue {
 public:
  struct Batch {
    std::vector<ProducerDocument> documents;
    /// When they arrived.
    producers::Instant at;
    producers::WallTime wall;
    std::promise<DocumentOutcomes> outcomes;
  };

  /// `most`: batches that may wait.
  explicit DocumentQueue(std::size_t most) : most_(most) {}

  /// nullopt: the queue is full. Otherwise the result is set when the batch was applied; if the
  /// queue is destroyed before that, it is a std::future_error.
  std::optional<std::future<DocumentOutcomes>> push(std::vector<ProducerDocument> documents);

  /// All that wait; waits for the first of them at most until then. Empty: none came, or it was
  /// stopped.
  std::deque<Batch> pop(producers::Instant until, const std::stop_token& stop);

 private:
  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable_any pushed_;
  std::deque<Batch> batches_;
};

}  // namespace kie
