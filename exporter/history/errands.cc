#include "exporter/history/errands.h"

#include <utility>

namespace kie::history {

ErrandResult Errands::run_within(std::chrono::milliseconds most, std::function<void()> work) {
  const auto errand = std::make_shared<Errand>(std::move(work));
  std::unique_lock lock{mutex_};
  if (is_refused_) return ErrandResult::kRefused;
  if (is_stuck_) return ErrandResult::kStuck;
  waiting_.push_back(errand);
  changed_.notify_all();
  changed_.wait_for(lock, most, [&] { return errand->is_over || is_stuck_ || is_refused_; });
  if (errand->is_over) return errand->is_done ? ErrandResult::kDone : ErrandResult::kFailed;
  const bool was_stuck = is_stuck_;
  if (current_ == errand) {
    is_stuck_ = true;
    changed_.notify_all();
  } else {
    std::erase(waiting_, errand);
  }
  if (is_refused_) return ErrandResult::kRefused;
  return was_stuck ? ErrandResult::kStuck : ErrandResult::kTooLate;
}

void Errands::refuse() {
  const std::scoped_lock lock{mutex_};
  is_refused_ = true;
  changed_.notify_all();
}

void Errands::run(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  // An exception was thrown in between.
  if (const auto failed = std::exchange(current_, nullptr)) failed->is_over = true;
  while (true) {
    is_stuck_ = false;
    changed_.notify_all();
    if (!changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) return;
    if (stop.stop_requested()) return;
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    current_->work();
    current_->work = {};
    lock.lock();
    current_->is_done = current_->is_over = true;
    current_.reset();
  }
}

}  // namespace kie::history
