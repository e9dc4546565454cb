#include "collectors/replication/advance.h"
#include "tests/bench/allocations.h"
#include "tests/bench/cluster.h"
#include "tests/bench/sizes.h"

#include <benchmark/benchmark.h>

#include <utility>

// Looks are made by librdkafka's replies in production; here they are made while the clock and the
// allocation counter stand still.
namespace kie::bench {
namespace {

template <class NextLook>
void run_advance(benchmark::State& state, NextLook next_look) {
  Cluster cluster{partitions(state)};
  auto known = state_of(cluster);
  Metered metered{state};
  std::size_t events = 0;
  for (auto _ : state) {
    metered.pause();
    next_look(cluster);
    auto snapshot = cluster.snapshot();
    metered.resume();
    events += replication::advance(known, std::move(snapshot)).events.size();
  }
  state.counters["events"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kAvgIterations);
}

void AdvanceSteady(benchmark::State& state) {
  run_advance(state, [](Cluster& cluster) { cluster.step(); });
}
BENCHMARK(AdvanceSteady)->Apply(both_sizes);

void AdvanceElections(benchmark::State& state) {
  run_advance(state, [](Cluster& cluster) { cluster.step_with_elections(); });
}
BENCHMARK(AdvanceElections)->Apply(both_sizes);

void FindDoubts(benchmark::State& state) {
  Cluster cluster{partitions(state)};
  const auto known = state_of(cluster);
  cluster.step();
  const Metered metered{state};
  for (auto _ : state)
    benchmark::DoNotOptimize(replication::find_unconfirmed(known, cluster.snapshot()));
}
BENCHMARK(FindDoubts)->Apply(both_sizes);

void FindDoubtsElections(benchmark::State& state) {
  Cluster cluster{partitions(state)};
  const auto known = state_of(cluster);
  cluster.step_with_elections();
  const Metered metered{state};
  for (auto _ : state)
    benchmark::DoNotOptimize(replication::find_unconfirmed(known, cluster.snapshot()));
}
BENCHMARK(FindDoubtsElections)->Apply(both_sizes);

void Summarize(benchmark::State& state) {
  const Cluster cluster{partitions(state)};
  const auto known = state_of(cluster);
  const Metered metered{state};
  for (auto _ : state)
    benchmark::DoNotOptimize(
        replication::summarize(known, cluster.settings(), cluster.freshness()));
}
BENCHMARK(Summarize)->Apply(both_sizes);

}  // namespace
}  // namespace kie::bench
