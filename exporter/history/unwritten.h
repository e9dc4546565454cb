#pragma once

#include "exporter/history/change.h"

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace kie::history {

/// The name and servers of a [[cluster]].
using WatchedEntry = std::pair<std::string, std::string>;

/// Several changes, merged.
struct Unwritten {
  std::map<std::string, ClusterRows> clusters;
  std::map<WatchedEntry, std::string> watched;
  /// Oldest first.
  std::deque<StoredEvent> events;

  bool empty() const { return clusters.empty() && watched.empty() && events.empty(); }
  void add(Unwritten later);
};

}  // namespace kie::history
