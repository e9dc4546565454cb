#include "collectors/cluster/health_text.h"
#include "collectors/cluster/update.h"
#include "collectors/replication/advance.h"
#include "exporter/exposition/page.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/journal/cluster_journal.h"
#include "tests/bench/allocations.h"
#include "tests/bench/cluster.h"
#include "tests/bench/folder.h"
#include "tests/bench/sizes.h"

#include <benchmark/benchmark.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>
#include <utility>

namespace kie::bench {
namespace {

/// All that the exporter keeps of one cluster, and its own code of one poll, the history included:
/// everything but asking Kafka.
class Exporter {
 public:
  Exporter() { kept_.begin("cluster", "prod", "kafka:9092", known_); }

  void poll(const Cluster& cluster, model::ClusterSnapshot snapshot) {
    // As the worker does: when Metadata is there, and again when the offsets are.
    benchmark::DoNotOptimize(replication::find_unconfirmed(known_.replication, snapshot));
    benchmark::DoNotOptimize(replication::find_unconfirmed(known_.replication, snapshot));
    const auto step = apply_snapshot(known_, std::move(snapshot), std::chrono::system_clock::now());
    kept_.commit(known_, step);
    const auto now = cluster.freshness().now;
    const auto summary =
        replication::summarize(known_.replication, cluster.settings(), cluster.freshness());
    exposition::render(view_of(cluster, known_.replication, summary), spare_);
    pages_.publish(0, spare_);
    benchmark::DoNotOptimize(
        describe(known_.replication, summary, known_.loss, known_.quorum, now));
    pages_.render(now);
    benchmark::DoNotOptimize(open_questions(known_));
  }

 private:
  Folder folder_;
  ClusterState known_;
  exposition::SelfMetrics self_{"0.0.0", "bench", "0.0.0"};
  ClusterJournal kept_{folder_.open(), self_};
  exposition::PageMaker pages_{self_};
  exposition::ClusterSamples spare_;
};

template <class NextLook>
void run_poll(benchmark::State& state, NextLook next_look) {
  Cluster cluster{partitions(state)};
  Exporter exporter;
  for (int i = 0; i < 2; ++i) exporter.poll(cluster, cluster.snapshot());
  Metered metered{state};
  for (auto _ : state) {
    metered.pause();
    next_look(cluster);
    auto snapshot = cluster.snapshot();
    metered.resume();
    exporter.poll(cluster, std::move(snapshot));
  }
}

void PollSteady(benchmark::State& state) {
  run_poll(state, [](Cluster& cluster) { cluster.step(); });
}
BENCHMARK(PollSteady)->Apply(both_sizes)->MeasureProcessCPUTime();

void PollElections(benchmark::State& state) {
  run_poll(state, [](Cluster& cluster) { cluster.step_with_elections(); });
}
BENCHMARK(PollElections)->Apply(both_sizes)->MeasureProcessCPUTime();

double resident_mb() {
  std::ifstream statm{"/proc/self/statm"};
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

/// What one cluster makes the process grow by: its state, pieces and page, and the heap's own
/// losses after twenty polls.
void ResidentMemory(benchmark::State& state) {
  for (auto _ : state) {
    state.PauseTiming();
    std::optional<Cluster> cluster{std::in_place, partitions(state)};
    std::optional<Exporter> exporter{std::in_place};
    // What earlier benchmarks freed would be taken again and not be seen.
    malloc_trim(0);
    const double before = resident_mb();
    state.ResumeTiming();
    double most = 0;
    for (int i = 0; i < 20; ++i) {
      cluster->step_with_elections();
      exporter->poll(*cluster, cluster->snapshot());
      most = std::max(most, resident_mb());
    }
    state.PauseTiming();
    state.counters["rss_mb"] = resident_mb() - before;
    state.counters["rss_max_mb"] = most - before;
    malloc_trim(0);
    state.counters["rss_trimmed_mb"] = resident_mb() - before;
    const auto with_exporter = resident_mb();
    exporter.reset();
    malloc_trim(0);
    state.counters["rss_live_mb"] = with_exporter - resident_mb();
    state.ResumeTiming();
  }
}
BENCHMARK(ResidentMemory)->Apply(both_sizes)->Iterations(1);

}  // namespace
}  // namespace kie::bench
