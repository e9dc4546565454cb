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

/// One cluster's part of the history: what is known of it goes to the file as it changes, and comes
/// back when the next process sees the cluster.
/// Thread: the cluster's poll thread.
class ClusterJournal {
 public:
  ClusterJournal(history::History& history, exposition::SelfMetrics& self);

  /// What was known of the cluster that this entry of the configuration (`name`, `servers`) last
  /// was, before Kafka has said which one it is; its id, or nullopt if there is none.
  std::optional<std::string> recall(const std::string& name, const std::string& servers,
                                    ClusterState& known);

  /// From now on it is this cluster. If it was not before, `known`, which is empty, gets what was
  /// known of it, and true is returned. Where the file cannot be read now, the next begin() tries
  /// again, a few times: nothing is written meanwhile.
  bool begin(const std::string& cluster, const std::string& name, const std::string& servers,
             ClusterState& known);

  /// Nothing is kept until the next begin().
  void end();

  /// Writes what a look or an answer changed; it may be shown when this returns.
  void commit(const ClusterState& known, const ClusterUpdate& step);

  /// Tries again to write what could not be written, into another file than before if need be.
  void retry(const ClusterState& known);

 private:
  /// False if it shall be tried again.
  bool load(const std::string& cluster, ClusterState& known);
  void pack(const ClusterState& known, const ClusterUpdate& step, history::Change& change);
  void pack_all(const ClusterState& known, history::Change& change);
  void pack_one(const std::string& topic, const history::KnownTopic& view, history::Change& change);
  void show_figures();

  history::History& history_;
  exposition::SelfMetrics& self_;
  history::Clocks clocks_;
  std::string cluster_;
  /// The entry that the history knows to be this cluster.
  std::pair<std::string, std::string> remembered_;
  /// A hash of each topic's row as it was last committed.
  std::map<std::string, std::size_t, std::less<>> written_;
  /// Of the file that has what is in written_.
  std::optional<std::uint64_t> generation_;
  int failed_loads_ = 0;
  /// When the process before last looked at all topics.
  std::optional<history::Time> polled_before_;
};

}  // namespace kie
