#pragma once

#include "collectors/cluster/state.h"
#include "exporter/cluster/epoch_end_thread.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace kie {

/// When the questions on which a loss depends are asked: new ones at once, those without an answer
/// less and less often.
/// Thread: the cluster's poll thread.
class EpochEndPoller {
 public:
  using Clock = std::chrono::steady_clock;

  /// Both are called from another thread: `ready` when there is something to take(), `failed` when
  /// that thread survived an exception.
  EpochEndPoller(std::function<void()> ready, std::function<void()> failed);

  /// Ends what is under way. The next questions are asked by way of another client, or of another
  /// cluster.
  void stop() { thread_.reset(); }

  /// There is something new to be asked.
  void hurry();

  /// When there is something to ask; nullopt while there is nothing, or all of it is being asked.
  std::optional<Clock::time_point> due(const loss::LossState& state);

  /// Asks all that can be asked now, if it is due.
  void ask(const ClusterState& known, const std::shared_ptr<const kafka::KafkaClient>& client,
           std::chrono::milliseconds timeout);

  std::optional<EpochEndThread::Report> take();

  /// Nothing is being asked.
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
