#pragma once

#include "collectors/cluster/state.h"
#include "collectors/cluster/update.h"
#include "exporter/exposition/self_metrics.h"
#include "exporter/history/clocks.h"
#include "exporter/history/history.h"
#include "exporter/history/packing.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kie {

/// One cluster's part of the history: its state is written when it changes, and read when the next
/// process sees the cluster.
/// Thread: the cluster's poll thread.
class ClusterJournal {
 public:
  ClusterJournal(history::History& history, exposition::SelfMetrics& self);

  /// Reads the state of the cluster that this entry of the configuration (`name`, `servers`) last
  /// had, before Kafka has returned its id. Returns the stored id, or nullopt if there is none.
  std::optional<std::string> recall(const std::string& name, const std::string& servers,
                                    ClusterState& known);

  enum class Begun : std::uint8_t {
    /// The entry was this cluster before.
    kAlready,
    /// `known` is the stored state of the cluster.
    kLoaded,
    /// The file cannot be read. The next begin() tries again, a few times; nothing is written
    /// meanwhile.
    kNotYet,
  };

  /// The entry is this cluster from now on. If it was not before, `known` must be empty.
  Begun begin(const std::string& cluster, const std::string& name, const std::string& servers,
              ClusterState& known);

  /// Nothing is written until the next begin().
  void end();

  /// Writes what a snapshot or an answer changed; it may be shown when this returns.
  void commit(const ClusterState& known, const ClusterUpdate& step);

  /// Writes again what could not be written, if necessary into a new file.
  void retry(const ClusterState& known);

 private:
  /// False: try again.
  bool load(const std::string& cluster, ClusterState& known);
  void pack(const ClusterState& known, const ClusterUpdate& step, history::Change& change);
  void pack_all(const ClusterState& known, history::Change& change);
  void pack_one(const std::string& topic, const history::KnownTopic& view, history::Change& change);

  history::History& history_;
  exposition::SelfMetrics& self_;
  history::Clocks clocks_;
  std::string cluster_;
  /// The entry that the history has for this cluster.
  std::pair<std::string, std::string> remembered_;
  /// A hash of each topic's last committed row.
  std::map<std::string, std::size_t, std::less<>> written_;
  /// Of the file that has what is in written_.
  std::optional<std::uint64_t> generation_;
  int failed_loads_ = 0;
  /// When the previous process last read all topics.
  std::optional<history::Time> polled_before_;
};

}  // namespace kie
