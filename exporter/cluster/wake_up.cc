#include "exporter/cluster/wake_up.h"

#include <utility>

namespace kie {

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

bool WakeUp::wait_until(std::chrono::steady_clock::time_point until, const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  changed_.wait_until(lock, stop, until, [this] { return reconfiguration_ || answers_ready_; });
  return std::exchange(answers_ready_, false);
}

}  // namespace kie
