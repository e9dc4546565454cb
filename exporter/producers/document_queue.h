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

/// For each document of a batch why it was refused; nullopt: it was taken.
using Refusals = std::vector<std::optional<producers::Refusal>>;

/// Documents of producers on their way from the requests that brought them to the thread that owns
/// what is known of producers. Bounded: a sender that finds it full is told so.
/// Thread: any for push(); the producers thread for pop().
class DocumentQueue {
 public:
  struct Batch {
    std::vector<ProducerDocument> documents;
    /// When they came.
    producers::Instant at;
    producers::WallTime wall;
    std::promise<Refusals> refusals;
  };

  /// `most`: batches that may wait.
  explicit DocumentQueue(std::size_t most) : most_(most) {}

  /// nullopt: the queue is full. Otherwise the result comes when the batch was taken in; if the
  /// queue goes before that, it is a std::future_error.
  std::optional<std::future<Refusals>> push(std::vector<ProducerDocument> documents);

  /// All that wait; waits for the first of them at most until then. Empty: none came, or it was
  /// stopped or interrupted.
  std::deque<Batch> pop(producers::Instant until, const std::stop_token& stop);

  /// Ends a pop() that waits, or the next one.
  void interrupt();

 private:
  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable_any pushed_;
  std::deque<Batch> batches_;
  bool is_interrupted_ = false;
};

}  // namespace kie
