#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>

namespace kie::bench {

/// 2,000 and 20,000 topics; "no worse than linear" is read from the two.
inline void both_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);
}

inline std::size_t partitions(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

}  // namespace kie::bench
