#pragma once

#include "exporter/history/event.h"

#include <optional>
#include <string>
#include <vector>

namespace kie::history {

/// A topic's state, packed by the caller.
struct TopicRow {
  std::string topic;
  std::string state;

  bool operator==(const TopicRow&) const = default;
};

/// The changes of one snapshot or answer.
struct Change {
  /// These are all rows of the cluster: others are removed.
  bool whole = false;
  std::vector<TopicRow> rows{};
  /// Topics whose rows are removed.
  std::vector<std::string> removed{};
  /// The row of the cluster itself; unset: unchanged.
  std::optional<std::string> cluster_state{};
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
