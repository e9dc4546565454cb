#pragma once

#include "exporter/history/event.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kie::history {

/// A topic's state, packed by the caller. Producers have rows of the same kind, under the cluster
/// "", with names of their own.
struct TopicRow {
  std::string topic;
  std::string state;

  bool operator==(const TopicRow&) const = default;
};

/// What changed of one cluster's rows.
struct ClusterRows {
  /// These rows are all that the cluster has: any others are removed.
  bool whole = false;
  /// The state of each topic, packed by the caller; nullopt: its row is removed.
  std::map<std::string, std::optional<std::string>> topics{};
  /// What is kept of the cluster beside its topics; nullopt: as it was.
  std::optional<std::string> state{};

  void add(ClusterRows later);
};

/// The changes of one snapshot of a cluster.
struct Change {
  ClusterRows rows{};
  /// In the order in which they happened. Their ids and clusters are set by History.
  std::vector<StoredEvent> events{};
};

/// The stored state of a cluster.
struct Stored {
  /// Sorted by topic.
  std::vector<TopicRow> rows{};
  std::optional<std::string> cluster_state{};
  /// The file could not be read and is not damaged: the next try may succeed.
  bool is_unread = false;
};

}  // namespace kie::history
