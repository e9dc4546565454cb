#include "collectors/replication/advance.h"
#include "exporter/journal/cluster_journal.h"
#include "tests/bench/allocations.h"
#include "tests/bench/cluster.h"
#include "tests/bench/folder.h"
#include "tests/bench/sizes.h"

#include <benchmark/benchmark.h>

#include <utility>

// What it costs the poll thread to keep a cluster's state in the file, from what is known to the
// end of the transaction. The second argument: partitions of a topic; the third: one topic in so
// many moves from look to look, and others each time.
namespace kie::bench {
namespace {

void StateCommit(benchmark::State& state) {
  Folder folder;
  auto& history = folder.open();
  exposition::SelfMetrics self{"0.0.0", "bench", "0.0.0"};
  ClusterJournal kept{history, self};
  ClusterState known;
  Cluster cluster{partitions(state), static_cast<std::size_t>(state.range(1))};
  kept.begin("cluster", "prod", "kafka:9092", known);
  const auto snapshot = [&] {
    ClusterUpdate step;
    step.replication = replication::advance(known.replication, cluster.snapshot()).events;
    return step;
  };
  for (int i = 0; i < 2; ++i) kept.commit(known, snapshot());
  {
    Metered metered{state};
    for (auto _ : state) {
      metered.pause();
      cluster.step_every(static_cast<std::size_t>(state.range(2)));
      const auto step = snapshot();
      metered.resume();
      kept.commit(known, step);
    }
  }
  const auto figures = history.figures();
  if (!figures.writable.value_or(false)) state.SkipWithError("the file is not written");
  state.counters["file_bytes"] = static_cast<double>(figures.bytes.value_or(0));
}

void state_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Unit(benchmark::kMillisecond);
  for (const auto partitions : {10'000, 100'000})
    for (const auto per_topic : {5, 50})
      for (const auto every : {1'000'000, 10, 1}) benchmark->Args({partitions, per_topic, every});
}
// The history has a thread of its own.
BENCHMARK(StateCommit)->Apply(state_sizes)->MeasureProcessCPUTime();

}  // namespace
}  // namespace kie::bench
