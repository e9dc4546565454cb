#include "exporter/loss_prober.h"

#include "exporter/connection.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace kie {
namespace {

/// Asked at a time, so that the first answers are known while others are still asked for.
constexpr std::ptrdiff_t kAtOnce = 1000;

/// After this long without a question the connections are given back.
constexpr std::chrono::seconds kHangUpAfter{60};

/// Adds what came later to a report that nobody has taken yet.
void merge(LossProber::Report& report, LossProber::Report&& later) {
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
  std::ranges::move(from.unreadable, std::back_inserter(into.unreadable));
  into.open += from.open;
  report.error = std::move(later.error);
  report.took += later.took;
}

}  // namespace

LossProber::LossProber(config::Cluster cluster, std::shared_ptr<RdkafkaLog> log,
                       std::function<void()> ready)
    : cluster_(std::move(cluster)),
      log_(std::move(log)),
      ready_(std::move(ready)),
      thread_([this](const std::stop_token& stop) {
        pthread_setname_np(pthread_self(), "kie:loss");
        run(stop);
      }) {}

void LossProber::ask(std::vector<model::EpochQuestion> questions) {
  {
    const std::scoped_lock lock{mutex_};
    questions_ = std::move(questions);
  }
  asked_.notify_one();
}

bool LossProber::is_idle() {
  const std::scoped_lock lock{mutex_};
  return !is_asking_ && questions_.empty() && !report_;
}

std::optional<LossProber::Report> LossProber::take() {
  const std::scoped_lock lock{mutex_};
  return std::exchange(report_, std::nullopt);
}

void LossProber::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto questions = wait(stop);
    if (questions.empty()) {
      client_.reset();
      continue;
    }
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
  client_.reset();
}

std::vector<model::EpochQuestion> LossProber::wait(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  const auto some = [&] { return !questions_.empty(); };
  if (client_) {
    asked_.wait_for(lock, stop, kHangUpAfter, some);
  } else {
    asked_.wait(lock, stop, some);
  }
  if (stop.stop_requested() || questions_.empty()) return {};
  is_asking_ = true;
  const auto count = std::min(kAtOnce, std::ssize(questions_));
  std::vector<model::EpochQuestion> next{std::make_move_iterator(questions_.begin()),
                                         std::make_move_iterator(questions_.begin() + count)};
  questions_.erase(questions_.begin(), questions_.begin() + count);
  return next;
}

LossProber::Report LossProber::ask_some(const std::vector<model::EpochQuestion>& questions,
                                        const std::stop_token& stop) {
  Report report;
  if (!client_) {
    auto made = kafka::EpochClient::create(cluster_, log_sink(log_));
    if (!made) {
      report.error = made.error().text;
      report.answers.open = questions.size();
      return report;
    }
    client_.emplace(std::move(*made));
  }
  // As long as three answers in turn may take of a broker that is slow: the new epoch's, the old
  // one's, and what they are the ends of.
  const auto begun = std::chrono::steady_clock::now();
  report.answers = client_->ask(questions, begun + 3 * cluster_.request_timeout, stop);
  report.took = std::chrono::steady_clock::now() - begun;
  return report;
}

}  // namespace kie
