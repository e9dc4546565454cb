#include "tests/bench/folder.h"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

// What a commit costs the poll thread, and a page of events whoever asks for it. The file is in the
// system's folder for temporary files: on a disk, or the figures are those of memory.
namespace kie::bench {
namespace {

using namespace history;

StoredEvent event(std::int64_t number) {
  const auto now = std::chrono::system_clock::now();
  return {
      .kind = number % 2 == 0 ? "isr_shrink" : "isr_expand",
      .topic = "topic-" + std::to_string(number % 2'000),
      .partition = static_cast<std::int32_t>(number % 5),
      .from = now - std::chrono::seconds{10},
      .to = now,
      .details = R"({"leader_before":1,"leader_after":1,"isr_before":[1,2,3],"isr_after":[1]})"};
}

std::vector<StoredEvent> events(std::int64_t count) {
  std::vector<StoredEvent> all;
  for (std::int64_t i = 0; i < count; ++i) all.push_back(event(i));
  return all;
}

ClusterRows rows(std::int64_t count, char content) {
  ClusterRows all;
  for (std::int64_t i = 0; i < count; ++i)
    all.topics.emplace("topic-" + std::to_string(i), std::string(300, content));
  return all;
}

/// The change is made while the clock stands still. `slowest_ms`: of all commits, those that write
/// the WAL into the file and wait for the disk among them.
void run_commits(benchmark::State& state, History& history, std::int64_t row_count,
                 std::int64_t event_count) {
  char content = 'a';
  std::chrono::duration<double, std::milli> slowest{};
  for (auto _ : state) {
    Change change{.rows = rows(row_count, content), .events = events(event_count)};
    content = content == 'z' ? 'a' : static_cast<char>(content + 1);
    const auto begin = std::chrono::steady_clock::now();
    history.commit("cluster", std::move(change));
    const auto took = std::chrono::steady_clock::now() - begin;
    slowest = std::max<decltype(slowest)>(slowest, took);
    state.SetIterationTime(std::chrono::duration<double>(took).count());
  }
  state.counters["slowest_ms"] = slowest.count();
  if (!history.figures().writable.value_or(false)) state.SkipWithError("the file is not written");
}

void HistoryCommitRows(benchmark::State& state) {
  Folder folder;
  run_commits(state, folder.open(), state.range(0) / 5, 0);
}
BENCHMARK(HistoryCommitRows)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();

void HistoryCommitRowsAndEvents(benchmark::State& state) {
  Folder folder;
  run_commits(state, folder.open(), state.range(0) / 5, 1'000);
}
BENCHMARK(HistoryCommitRowsAndEvents)->Arg(10'000)->Unit(benchmark::kMillisecond)->UseManualTime();

/// Each commit has to drop as many events as it writes.
void HistoryCommitEventsIntoFullFile(benchmark::State& state) {
  constexpr std::int64_t kMostBytes = 64 << 20;
  Folder folder;
  auto& history = folder.open(kMostBytes);
  for (int i = 0; i < 40; ++i) history.commit("cluster", {.events = events(state.range(0) / 2)});
  run_commits(state, history, 0, state.range(0) / 10);
  const auto bytes = history.figures().bytes.value_or(0);
  // A commit of any size may stand in the WAL beside it until the next.
  if (bytes > kMostBytes + kMostBytes / 16)
    state.SkipWithError("the file is larger than it may be");
  state.counters["file_bytes"] = static_cast<double>(bytes);
}
BENCHMARK(HistoryCommitEventsIntoFullFile)
    ->Arg(10'000)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime();

/// A history of so many events, made once. One in a hundred thousand is a loss, of topic-7.
Folder& with_events(std::int64_t count) {
  static std::map<std::int64_t, Folder> made;
  const auto [found, is_new] = made.try_emplace(count);
  if (!is_new) return found->second;
  auto& history = found->second.open();
  for (std::int64_t done = 0; done < count; done += 10'000) {
    auto some = events(10'000);
    if (done % 100'000 == 0) {
      some.front().kind = "loss";
      some.front().topic = "topic-7";
    }
    history.commit("cluster", {.events = std::move(some)});
  }
  return found->second;
}

void HistoryEvents(benchmark::State& state, const EventQuery& query, std::size_t least) {
  auto& history = with_events(state.range(0)).open();
  for (auto _ : state) {
    const auto page = history.events(query);
    if (!page || page->events.size() < least) state.SkipWithError("not what was asked for");
  }
}
void history_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(10'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond);
}
BENCHMARK_CAPTURE(HistoryEvents, newest, EventQuery{}, 100)->Apply(history_sizes);
BENCHMARK_CAPTURE(HistoryEvents, rare_kind, EventQuery{.kinds = {"loss"}}, 1)->Apply(history_sizes);
BENCHMARK_CAPTURE(HistoryEvents, rare_kind_of_topic,
                  EventQuery{.topic = "topic-7", .kinds = {"loss"}}, 1)
    ->Apply(history_sizes);
BENCHMARK_CAPTURE(HistoryEvents, partition_that_has_none, EventQuery{.partition = 77}, 0)
    ->Apply(history_sizes);
BENCHMARK_CAPTURE(HistoryEvents, long_ago, EventQuery{.to = Time{}}, 0)->Apply(history_sizes);

/// Its check of the whole file is most of it.
void HistoryOpen(benchmark::State& state) {
  auto& folder = with_events(state.range(0));
  for (auto _ : state) folder.open();
  state.counters["file_bytes"] = static_cast<double>(folder.open().figures().bytes.value_or(0));
}
BENCHMARK(HistoryOpen)->Apply(history_sizes);

}  // namespace
}  // namespace kie::bench
