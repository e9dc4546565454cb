#include "collectors/replication/summary.h"
#include "exporter/exposition/cluster_text.h"
#include "exporter/exposition/gzip.h"
#include "exporter/exposition/page.h"
#include "exporter/exposition/self_metrics.h"
#include "tests/bench/allocations.h"
#include "tests/bench/cluster.h"
#include "tests/bench/sizes.h"

#include <benchmark/benchmark.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <time.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace kie::bench {
namespace {

/// A cluster as the page thread has it before a rendering.
struct Known {
  explicit Known(std::size_t partitions)
      : cluster(partitions),
        state(state_of(cluster)),
        summary(replication::summarize(state, cluster.settings(), cluster.freshness())) {}

  exposition::ClusterView view() const { return view_of(cluster, state, summary); }

  Cluster cluster;
  replication::ReplicationState state;
  replication::ReplicationSummary summary;
};

/// The page that a cluster's pieces and the exporter's own metrics make, and all that it needs.
class Pages {
 public:
  void want_openmetrics() { maker_.want_openmetrics(); }

  void render(const exposition::ClusterView& view) {
    exposition::render(view, spare_);
    maker_.publish(0, spare_);
    maker_.render(view.freshness.now);
  }

  std::shared_ptr<const exposition::Page> current() const { return maker_.current(); }

 private:
  exposition::SelfMetrics self_{"0.0.0", "bench", "0.0.0"};
  exposition::PageMaker maker_{self_};
  exposition::ClusterSamples spare_;
};

std::size_t series(const exposition::ClusterSamples& samples) {
  std::size_t sum = 0;
  for (const auto& family : exposition::families()) sum += samples[family.id].series;
  return sum;
}

void RenderPieces(benchmark::State& state) {
  const Known known{partitions(state)};
  exposition::ClusterSamples samples;
  exposition::render(known.view(), samples);
  const Metered metered{state};
  for (auto _ : state) exposition::render(known.view(), samples);
  state.counters["series"] = static_cast<double>(series(samples));
}
BENCHMARK(RenderPieces)->Apply(both_sizes);

void RenderPage(benchmark::State& state) {
  const Known known{partitions(state)};
  Pages pages;
  for (int i = 0; i < 2; ++i) pages.render(known.view());
  const Metered metered{state};
  for (auto _ : state) pages.render(known.view());
  const auto page = pages.current();
  state.counters["text_bytes"] = static_cast<double>(page->text.size());
  state.counters["gzip_bytes"] = static_cast<double>(page->gzip->size());
}
BENCHMARK(RenderPage)->Apply(both_sizes);

/// The page when somebody has asked for OpenMetrics: both formats, each with its gzip.
void RenderPageBoth(benchmark::State& state) {
  const Known known{partitions(state)};
  Pages pages;
  pages.want_openmetrics();
  for (int i = 0; i < 2; ++i) pages.render(known.view());
  const Metered metered{state};
  for (auto _ : state) pages.render(known.view());
  const auto page = pages.current();
  state.counters["text_bytes"] = static_cast<double>(page->openmetrics.size());
  state.counters["gzip_bytes"] = static_cast<double>(page->openmetrics_gzip->size());
}
BENCHMARK(RenderPageBoth)->Apply(both_sizes);

void Gzip(benchmark::State& state) {
  const Known known{partitions(state)};
  Pages pages;
  pages.render(known.view());
  const auto page = pages.current();
  exposition::Gzip gzip;
  const Metered metered{state};
  for (auto _ : state) benchmark::DoNotOptimize(gzip.compress(page->text.parts()));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(page->text.size()));
}
BENCHMARK(Gzip)->Apply(both_sizes);

/// The labels of `{name="value",...}`; the made-up cluster has nothing to escape.
prometheus::Labels parse_labels(std::string_view text) {
  prometheus::Labels labels;
  while (text.size() > 1) {
    text.remove_prefix(1);
    const auto equals = text.find("=\"");
    const auto end = text.find('"', equals + 2);
    labels.emplace(text.substr(0, equals), text.substr(equals + 2, end - equals - 2));
    text.remove_prefix(end + 1);
  }
  return labels;
}

/// The same series as gauges of prometheus-cpp.
void fill(prometheus::Registry& registry, const exposition::ClusterSamples& samples) {
  for (const auto& one : exposition::families()) {
    std::string_view rest = samples[one.id].text;
    if (rest.empty()) continue;
    auto& family = prometheus::BuildGauge()
                       .Name(std::string(one.name))
                       .Help(std::string(one.help))
                       .Register(registry);
    while (!rest.empty()) {
      const auto line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(line.size() + 1);
      const auto space = line.rfind(' ');
      const auto labels = line.substr(one.name.size(), space - one.name.size());
      family.Add(parse_labels(labels))
          .Set(std::strtod(std::string(line.substr(space + 1)).c_str(), nullptr));
    }
  }
}

/// CPU time of this thread: what else the machine does does not count.
double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// CPU seconds and allocations of one piece of work, over all iterations.
class Tally {
 public:
  template <class Work>
  auto measure(Work work) {
    meter_.resume();
    const double begun = cpu_seconds();
    auto result = work();
    seconds_ += cpu_seconds() - begun;
    meter_.pause();
    return result;
  }

  double seconds() const { return seconds_; }
  double allocations() const { return static_cast<double>(meter_.sum().count); }
  double bytes() const { return static_cast<double>(meter_.sum().bytes); }

 private:
  AllocationMeter meter_;
  double seconds_ = 0;
};

/// The same series through prometheus-cpp: collected from a registry of gauges, serialized and,
/// beside RenderPage, compressed. Both ways take turns in each iteration, so that what else the
/// machine does slows both; the benchmark's own time is the sum, the counters tell them apart. A
/// ratio says how many times as much as ours prometheus-cpp needs.
void PrometheusCpp(benchmark::State& state) {
  const Known known{partitions(state)};
  exposition::ClusterSamples samples;
  exposition::render(known.view(), samples);
  prometheus::Registry registry;
  fill(registry, samples);
  Pages pages;
  for (int i = 0; i < 2; ++i) pages.render(known.view());

  exposition::Gzip gzip;
  Tally their_text;
  Tally their_gzip;
  Tally our_pieces;
  Tally our_page;
  std::size_t text_bytes = 0;
  for (auto _ : state) {
    const auto text = their_text.measure(
        [&] { return prometheus::TextSerializer{}.Serialize(registry.Collect()); });
    text_bytes = text.size();
    const std::string_view whole = text;
    benchmark::DoNotOptimize(their_gzip.measure([&] { return gzip.compress({&whole, 1}); }));
    our_pieces.measure([&] {
      exposition::render(known.view(), samples);
      return 0;
    });
    our_page.measure([&] {
      pages.render(known.view());
      return 0;
    });
  }
  const auto per_iteration = [&](double sum) {
    return benchmark::Counter(sum, benchmark::Counter::kAvgIterations);
  };
  state.counters["series"] = static_cast<double>(series(samples));
  state.counters["text_bytes"] = static_cast<double>(text_bytes);
  state.counters["allocs"] = per_iteration(their_text.allocations());
  state.counters["bytes"] = per_iteration(their_text.bytes());
  state.counters["text_ms"] = per_iteration(1e3 * their_text.seconds());
  state.counters["pieces_ms"] = per_iteration(1e3 * our_pieces.seconds());
  state.counters["page_ms"] = per_iteration(1e3 * our_page.seconds());
  state.counters["time_ratio_text"] = their_text.seconds() / our_pieces.seconds();
  state.counters["time_ratio_page"] =
      (their_text.seconds() + their_gzip.seconds()) / our_page.seconds();
  state.counters["alloc_ratio_page"] =
      (their_text.allocations() + their_gzip.allocations()) / std::max(1.0, our_page.allocations());
  state.counters["byte_ratio_page"] =
      (their_text.bytes() + their_gzip.bytes()) / std::max(1.0, our_page.bytes());
}
BENCHMARK(PrometheusCpp)->Apply(both_sizes);

}  // namespace
}  // namespace kie::bench
