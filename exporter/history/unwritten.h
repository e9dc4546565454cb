#pragma once

#include "exporter/history/change.h"

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace kie::history {

/// The entry of a configuration: the name and servers of a [[cluster]].
using WatchedEntry = std::pair<std::string, std::string>;

/// What several changes come to.
struct Unwritten {
  struct Cluster {
    /// Any other rows that the file has are removed.
    bool whole = false;
    std::optional<std::string> state;
    /// nullopt: removed.
    std::map<std::string, std::optional<std::string>> topics;

    void add(Cluster later);
  };

  std::map<std::string, Cluster> clusters;
  std::map<WatchedEntry, std::string> watched;
  /// The oldest first.
  std::deque<StoredEvent> events;

  bool empty() const { return clusters.empty() && watched.empty() && events.empty(); }
  void add_rows(const std::string& cluster, Change& change);
  void add(Unwritten later);
};

}  // namespace kie::history
