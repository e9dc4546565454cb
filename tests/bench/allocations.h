#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>

namespace kie::bench {

/// What the process has asked of the heap so far: operator new, and the C libraries' malloc.
/// Thread: any.
struct Allocations {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
};

Allocations allocations();

/// Adds up what is allocated while it runs. Begins running.
class AllocationMeter {
 public:
  AllocationMeter() { resume(); }

  void resume() { begin_ = allocations(); }
  void pause() {
    const auto end = allocations();
    sum_.count += end.count - begin_.count;
    sum_.bytes += end.bytes - begin_.bytes;
  }
  const Allocations& sum() const { return sum_; }

 private:
  Allocations begin_;
  Allocations sum_;
};

/// A benchmark's state with its allocations, per iteration, as counters `allocs` and `bytes`.
/// Nothing is counted or timed between pause() and resume().
class Metered {
 public:
  explicit Metered(benchmark::State& state) : state_(state) {}
  ~Metered() {
    meter_.pause();
    report();
  }
  Metered(const Metered&) = delete;
  Metered& operator=(const Metered&) = delete;

  void pause() {
    state_.PauseTiming();
    meter_.pause();
  }
  void resume() {
    meter_.resume();
    state_.ResumeTiming();
  }

 private:
  void report() {
    using benchmark::Counter;
    state_.counters["allocs"] =
        Counter(static_cast<double>(meter_.sum().count), Counter::kAvgIterations);
    state_.counters["bytes"] =
        Counter(static_cast<double>(meter_.sum().bytes), Counter::kAvgIterations);
  }

  benchmark::State& state_;
  AllocationMeter meter_;
};

}  // namespace kie::bench
