#include "exporter/history/unwritten.h"

#include <algorithm>
#include <iterator>

namespace kie::history {

void Unwritten::add(Unwritten later) {
  for (auto& [cluster, rows] : later.clusters) clusters[cluster].add(std::move(rows));
  for (auto& [entry, cluster] : later.watched) watched.insert_or_assign(entry, std::move(cluster));
  std::ranges::move(later.events, std::back_inserter(events));
}

}  // namespace kie::history
