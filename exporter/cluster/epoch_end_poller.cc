#include "exporter/cluster/epoch_end_poller.h"

#include "collectors/cluster/update.h"

#include <algorithm>
#include <utility>

namespace kie {
namespace {

using std::chrono::milliseconds;

/// The shortest and the longest time until an unanswered question is asked again.
constexpr milliseconds kAgain{1000};
constexpr milliseconds kAgainAtMost{30'000};

}  // namespace

EpochEndPoller::EpochEndPoller(std::function<void()> ready, std::function<void()> failed)
    : ready_(std::move(ready)), failed_(std::move(failed)), again_after_(kAgain) {}

void EpochEndPoller::hurry() {
  due_ = {};
  again_after_ = kAgain;
}

std::optional<EpochEndPoller::Clock::time_point> EpochEndPoller::due(const loss::LossState& state) {
  if (!is_idle()) return std::nullopt;
  if (loss::count_pending(state) == 0) return std::nullopt;
  return due_;
}

void EpochEndPoller::ask(const ClusterState& known,
                         const std::shared_ptr<const kafka::KafkaClient>& client,
                         std::chrono::milliseconds timeout) {
  if (Clock::now() < due_) return;
  auto questions = open_questions(known);
  due_ = Clock::now() + again_after_;
  if (questions.empty()) return;
  if (!thread_) thread_.emplace(client, timeout, ready_, failed_);
  thread_->ask(std::move(questions));
}

std::optional<EpochEndThread::Report> EpochEndPoller::take() {
  auto report = thread_ ? thread_->take() : std::nullopt;
  if (report && is_idle()) {
    due_ = Clock::now() + again_after_;
    again_after_ = std::min(2 * again_after_, kAgainAtMost);
  }
  return report;
}

}  // namespace kie
