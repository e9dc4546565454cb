#include "exporter/cluster/loss_questions.h"

#include "collectors/cluster/update.h"

#include <algorithm>
#include <utility>

namespace kie {
namespace {

using std::chrono::milliseconds;

/// How soon a question that was not answered is asked again: at first, and at most.
constexpr milliseconds kAgain{1000};
constexpr milliseconds kAgainAtMost{30'000};

}  // namespace

LossQuestions::LossQuestions(std::function<void()> ready, std::function<void()> failed)
    : ready_(std::move(ready)), failed_(std::move(failed)), again_after_(kAgain) {}

void LossQuestions::hurry() {
  due_ = {};
  again_after_ = kAgain;
}

std::optional<LossQuestions::Clock::time_point> LossQuestions::due(const loss::State& state) {
  if (!is_idle()) return std::nullopt;
  if (loss::count_pending(state) == 0) return std::nullopt;
  return due_;
}

void LossQuestions::ask(const ClusterState& known,
                        const std::shared_ptr<const kafka::Client>& client,
                        std::chrono::milliseconds timeout) {
  if (Clock::now() < due_) return;
  auto questions = open_questions(known);
  due_ = Clock::now() + again_after_;
  if (questions.empty()) return;
  if (!prober_) prober_.emplace(client, timeout, ready_, failed_);
  prober_->ask(std::move(questions));
}

std::optional<LossProber::Report> LossQuestions::take() {
  auto report = prober_ ? prober_->take() : std::nullopt;
  if (report && is_idle()) {
    due_ = Clock::now() + again_after_;
    again_after_ = std::min(2 * again_after_, kAgainAtMost);
  }
  return report;
}

}  // namespace kie
