#pragma once

#include "collectors/kafka/epoch_end_client.h"
#include "collectors/model/epoch_ends.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace kie {

/// Asks one cluster where leader epochs end, in a thread of its own, so that no poll waits for it.
/// Thread: the cluster's poll thread, for all public members.
class EpochEndThread {
 public:
  /// Both are called from this thread: `ready` when something can be taken, `failed` when
  /// it caught an exception.
  EpochEndThread(std::shared_ptr<const kafka::KafkaClient> client,
                 std::chrono::milliseconds timeout, std::function<void()> ready,
                 std::function<void()> failed);

  /// Replaces the questions that were not asked yet. Order is kept.
  void ask(std::vector<model::EpochQuestion> questions);

  /// No question is being asked or waits.
  bool is_idle();

  struct Report {
    /// To some of the questions asked since the last report.
    model::EpochReport answers;
    std::chrono::steady_clock::duration took{};
  };

  /// The answers since the last report; nullopt: none.
  std::optional<Report> take();

 private:
  void run(const std::stop_token& stop);
  void survived();
  /// The next questions to ask together; empty: stop was requested.
  std::vector<model::EpochQuestion> wait(const std::stop_token& stop);
  Report ask_some(const std::vector<model::EpochQuestion>& questions, const std::stop_token& stop);

  std::chrono::milliseconds timeout_;
  std::function<void()> ready_;
  std::function<void()> failed_;

  std::mutex mutex_;
  std::condition_variable_any asked_;
  std::vector<model::EpochQuestion> questions_;
  bool is_asking_ = false;
  std::optional<Report> report_;

  /// Used by the thread only.
  kafka::EpochEndClient client_;
  std::jthread thread_;
};

}  // namespace kie
