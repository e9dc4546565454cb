#pragma once

#include "collectors/cluster/state.h"
#include "exporter/exposition/cluster_samples.h"
#include "exporter/history/clocks.h"
#include "exporter/journal/cluster_journal.h"
#include "tests/storm/replay.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace kie::storm {

/// When a step is on the clocks of this process: it is the same time in all of them.
class Timeline {
 public:
  explicit Timeline(history::Time begin)
      : clocks_(std::chrono::steady_clock::now(), std::chrono::system_clock::now()),
        begin_(begin) {}

  model::Instant at(std::int64_t step) const { return clocks_.to_instant(wall(step)); }
  history::Time wall(std::int64_t step) const { return begin_ + step * kStepTime; }

 private:
  history::Clocks clocks_;
  history::Time begin_;
};

/// What ClusterWorker does with one cluster, but for asking Kafka and waiting.
class Cluster {
 public:
  using Commit = std::function<void(const ClusterState& known, const ClusterUpdate& step)>;

  Cluster(const Replay& replay, const Timeline& timeline, std::size_t number, Commit commit);

  const std::string& name() const { return name_; }
  std::string id() const { return "id-of-" + name_; }
  ClusterState& known() { return known_; }

  /// The last look that is known; nullopt: there was none.
  std::optional<std::int64_t> last_step() const;

  /// Answers what is still open after the last look, takes the next one in, and answers again.
  void step();

  /// Answers what is still open after the last look.
  void finish();

  /// The page's counters.
  std::string counters();

 private:
  void snapshot(std::int64_t step);
  void answer(std::int64_t step);

  const Replay& replay_;
  const Timeline& timeline_;
  std::string name_;
  Commit commit_;
  ClusterState known_;
  exposition::ClusterSamples samples_;
};

}  // namespace kie::storm
