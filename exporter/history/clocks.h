#pragma once

#include <chrono>

namespace kie::history {

/// Converts moments of this process's monotonic clock to wall clock times and back. The same moment
/// always becomes the same time, until the wall clock is set by more than a second.
/// Thread: one.
class Clocks {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  using Time = std::chrono::system_clock::time_point;

  Clocks(Instant now, Time wall) : instant_(now), time_(wall) {}

  /// Adjusts to the wall clock if it was set.
  void follow(Instant now, Time wall) {
    const auto drift = wall - to_time(now);
    if (drift > std::chrono::seconds{1} || drift < std::chrono::seconds{-1}) *this = {now, wall};
  }

  Time to_time(Instant instant) const {
    return time_ + std::chrono::duration_cast<Time::duration>(instant - instant_);
  }

  Instant to_instant(Time time) const {
    return instant_ + std::chrono::duration_cast<Instant::duration>(time - time_);
  }

 private:
  Instant instant_;
  Time time_;
};

}  // namespace kie::history
