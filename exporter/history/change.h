#pragma once

#include "exporter/history/event.h"

#include <optional>
#include <string>
#include <vector>

namespace kie::history {

/// A topic's state, packed by the caller: bytes.
struct TopicRow {
  std::string topic;
  std::string state;

  bool operator==(const TopicRow&) const = default;
};

/// What one look at a cluster changed.
struct Change {
  /// These rows are all that the cluster has: any others are removed.
  bool whole = false;
  std::vector<TopicRow> rows{};
  /// Topics that have no row any more.
  std::vector<std::string> removed{};
  /// What is kept of the cluster beside its topics; unset: as it was.
  std::optional<std::string> cluster_state{};
  /// In the order in which they happened. Their ids and clusters are set by History.
  std::vector<StoredEvent> events{};
};

/// What is known of a cluster from earlier.
struct Stored {
  /// Sorted by topic.
  std::vector<TopicRow> rows{};
  std::optional<std::string> cluster_state{};
  /// The file could not be read and is not damaged: it may be read the next time.
  bool is_unread = false;
};

}  // namespace kie::history
