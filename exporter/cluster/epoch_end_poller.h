#pragma once

#include "collectors/cluster/state.h"
#include "exporter/cluster/epoch_end_thread.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace kie {

/// Decides when the questions about ended epochs are asked: new ones at once, unanswered ones less
/// and less often.
/// Thread: the cluster's poll thread.
class EpochEndPoller {
 public:
  using Clock = std::chrono::steady_clock;

  /// Both are called from another thread: `ready` when there is something to take(), `failed` when
  /// that thread caught an exception.
  EpochEndPoller(std::function<void()> ready, std::function<void()> failed);

  /// Stops what is in progress. The next questions go to another client, or to another cluster.
  void stop() { thread_.reset(); }

  /// There is a new question.
  void hurry();

  /// When the next question is due; nullopt while there is none, or all are being asked.
  std::optional<Clock::time_point> due(const loss::LossState& state);

  /// Asks all questions that can be asked now, if they are due.
  void ask(const ClusterState& known, const std::shared_ptr<const kafka::KafkaClient>& client,
           std::chrono::milliseconds timeout);

  std::optional<EpochEndThread::Report> take();

  /// No question is being asked.
  bool is_idle() { return !thread_ || thread_->is_idle(); }

 private:
  std::function<void()> ready_;
  std::function<void()> failed_;
  Clock::time_point due_{};
  std::chrono::milliseconds again_after_;
  /// Last: its thread calls ready_.
  std::optional<EpochEndThread> thread_;
};

}  // namespace kie
