#include "exporter/history/unwritten.h"

#include <algorithm>
#include <iterator>

namespace kie::history {

void Unwritten::Cluster::add(Cluster later) {
  if (later.whole) {
    whole = true;
    topics.clear();
  }
  if (later.state) state = std::move(later.state);
  for (auto& [topic, row] : later.topics) topics.insert_or_assign(topic, std::move(row));
}

void Unwritten::add_rows(const std::string& cluster, Change& change) {
  auto& rows = clusters[cluster];
  if (change.whole) {
    rows.whole = true;
    rows.topics.clear();
  }
  if (change.cluster_state) rows.state = std::move(change.cluster_state);
  for (auto& topic : change.removed) rows.topics.insert_or_assign(std::move(topic), std::nullopt);
  // Most rows come sorted, into an empty map.
  for (auto& row : change.rows)
    rows.topics.insert_or_assign(rows.topics.end(), std::move(row.topic), std::move(row.state));
}

void Unwritten::add(Unwritten later) {
  for (auto& [cluster, rows] : later.clusters) clusters[cluster].add(std::move(rows));
  for (auto& [entry, cluster] : later.watched) watched.insert_or_assign(entry, std::move(cluster));
  std::ranges::move(later.events, std::back_inserter(events));
}

}  // namespace kie::history
