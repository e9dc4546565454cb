#include "exporter/cluster/wake_up.h"

#include <algorithm>
#include <utility>

namespace kie {
namespace {

/// Questions cannot make a cluster be polled more often.
constexpr std::chrono::seconds kBetweenPolls{1};

}  // namespace

void WakeUp::reconfigure(Reconfiguration reconfiguration, const std::function<void()>& before) {
  {
    const std::scoped_lock lock{mutex_};
    before();
    reconfiguration_.emplace(std::move(reconfiguration));
  }
  changed_.notify_all();
}

void WakeUp::answers_ready() {
  {
    const std::scoped_lock lock{mutex_};
    answers_ready_ = true;
  }
  changed_.notify_all();
}

std::optional<Reconfiguration> WakeUp::take_reconfiguration(const std::function<void()>& taken) {
  const std::scoped_lock lock{mutex_};
  if (!reconfiguration_) return std::nullopt;
  taken();
  return std::exchange(reconfiguration_, std::nullopt);
}

bool WakeUp::has_reconfiguration() const {
  const std::scoped_lock lock{mutex_};
  return reconfiguration_.has_value();
}

bool WakeUp::await_poll(Instant deadline) {
  std::unique_lock lock{mutex_};
  const auto since = std::chrono::steady_clock::now();
  wanted_since_ = since;
  changed_.notify_all();
  const auto is_fresh = [&] { return last_poll_ && *last_poll_ >= since; };
  changed_.wait_until(lock, deadline, [&] { return is_fresh() || has_ended_; });
  return is_fresh() && !has_ended_;
}

void WakeUp::end() {
  {
    const std::scoped_lock lock{mutex_};
    has_ended_ = true;
  }
  changed_.notify_all();
}

std::optional<WakeUp::Instant> WakeUp::wanted_poll_locked() const {
  if (!wanted_since_ || (last_poll_ && *last_poll_ >= *wanted_since_)) return std::nullopt;
  return last_poll_ ? *last_poll_ + kBetweenPolls : *wanted_since_;
}

bool WakeUp::is_poll_due() const {
  const std::scoped_lock lock{mutex_};
  const auto wanted = wanted_poll_locked();
  return wanted && *wanted <= std::chrono::steady_clock::now();
}

void WakeUp::poll_ended(Instant begun) {
  {
    const std::scoped_lock lock{mutex_};
    last_poll_ = begun;
  }
  changed_.notify_all();
}

bool WakeUp::wait_until(Instant until, const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  while (!stop.stop_requested() && !reconfiguration_ && !answers_ready_) {
    const auto wanted = wanted_poll_locked();
    const auto end = std::min(until, wanted.value_or(until));
    if (end <= std::chrono::steady_clock::now()) break;
    changed_.wait_until(lock, stop, end, [&] {
      return reconfiguration_ || answers_ready_ || wanted_poll_locked() != wanted;
    });
  }
  return std::exchange(answers_ready_, false);
}

}  // namespace kie
