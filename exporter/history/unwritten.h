#pragma once

#include "exporter/history/change.h"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace kie::history {

/// The name and servers of a [[cluster]].
using WatchedEntry = std::pair<std::string, std::string>;

/// Several changes, merged.
struct Unwritten {
  struct Cluster {
    /// All other rows in the file are removed.
    bool whole = false;
    std::optional<std::string> state;
    /// nullopt: removed.
    std::map<std::string, std::optional<std::string>> topics;

    void add(Cluster later);
  };

  std::map<std::string, Cluster> clusters;
  std::map<WatchedEntry, std::string> watched;
  /// Oldest first.
  std::deque<StoredEvent> events;

  bool empty() const { return clusters.empty() && watched.empty() && events.empty(); }
  void add_rows(const std::string& cluster, Change& change);
  void add(Unwritten later);
};

}  // namespace kie::history
