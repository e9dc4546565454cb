#include "exporter/cluster/epoch_end_thread.h"

#include "exporter/log/survive.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace kie {
namespace {

/// Questions of one request batch, so that the first answers come while others are still asked.
constexpr std::ptrdiff_t kAtOnce = 1000;

/// Adds a later report to one that was not taken yet.
void merge(EpochEndThread::Report& report, EpochEndThread::Report&& later) {
  auto& into = report.answers;
  auto& from = later.answers;
  std::ranges::move(from.answers, std::back_inserter(into.answers));
  const auto unite = [](std::vector<std::string>& a, std::vector<std::string>& b) {
    std::ranges::move(b, std::back_inserter(a));
    std::ranges::sort(a);
    const auto rest = std::ranges::unique(a);
    a.erase(rest.begin(), rest.end());
  };
  unite(into.refused, from.refused);
  into.open += from.open;
  report.took += later.took;
}

}  // namespace

EpochEndThread::EpochEndThread(std::shared_ptr<const kafka::KafkaClient> client,
                               std::chrono::milliseconds timeout, std::function<void()> ready,
                               std::function<void()> failed)
    : timeout_(timeout),
      ready_(std::move(ready)),
      failed_(std::move(failed)),
      client_(std::move(client), timeout),
      thread_([this](const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), "kie:loss");
        run_until_stopped(
            "loss", stop, [&] { run(stop); }, [this](const std::string& /*error*/) { survived(); });
      }) {}

void EpochEndThread::survived() {
  failed_();
  // What was being asked will be asked again: it is still open.
  const std::scoped_lock lock{mutex_};
  is_asking_ = false;
}

void EpochEndThread::ask(std::vector<model::EpochQuestion> questions) {
  {
    const std::scoped_lock lock{mutex_};
    questions_ = std::move(questions);
  }
  asked_.notify_one();
}

bool EpochEndThread::is_idle() {
  const std::scoped_lock lock{mutex_};
  return !is_asking_ && questions_.empty() && !report_;
}

std::optional<EpochEndThread::Report> EpochEndThread::take() {
  const std::scoped_lock lock{mutex_};
  return std::exchange(report_, std::nullopt);
}

void EpochEndThread::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto questions = wait(stop);
    if (questions.empty()) continue;
    auto report = ask_some(questions, stop);
    if (stop.stop_requested()) break;
    {
      const std::scoped_lock lock{mutex_};
      is_asking_ = false;
      if (report_) {
        merge(*report_, std::move(report));
      } else {
        report_ = std::move(report);
      }
    }
    ready_();
  }
}

std::vector<model::EpochQuestion> EpochEndThread::wait(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  asked_.wait(lock, stop, [&] { return !questions_.empty(); });
  if (stop.stop_requested() || questions_.empty()) return {};
  is_asking_ = true;
  const auto count = std::min(kAtOnce, std::ssize(questions_));
  std::vector<model::EpochQuestion> next{std::make_move_iterator(questions_.begin()),
                                         std::make_move_iterator(questions_.begin() + count)};
  questions_.erase(questions_.begin(), questions_.begin() + count);
  return next;
}

EpochEndThread::Report EpochEndThread::ask_some(const std::vector<model::EpochQuestion>& questions,
                                                const std::stop_token& stop) {
  Report report;
  // Enough for three answers in a row from a slow broker: for most partitions one epoch is asked
  // for, and then the epoch at its end.
  const auto begun = std::chrono::steady_clock::now();
  report.answers = client_.ask(questions, begun + 3 * timeout_, stop);
  report.took = std::chrono::steady_clock::now() - begun;
  return report;
}

}  // namespace kie
