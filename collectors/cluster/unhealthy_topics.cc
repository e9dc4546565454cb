#include "collectors/cluster/unhealthy_topics.h"

#include <algorithm>

namespace kie {
namespace {

using replication::Count;
using replication::Counts;

bool any(const Counts& counts, Count Counts::* count) {
  return (counts.*count).value().value_or(0) > 0;
}

bool is_unhealthy(const Counts& counts) {
  return any(counts, &Counts::offline) || any(counts, &Counts::under_replicated) ||
         any(counts, &Counts::under_min_isr) || any(counts, &Counts::reassigning);
}

}  // namespace

std::vector<std::string> topics_to_watch(const replication::ReplicationState& state,
                                         const replication::ReplicationSummary& summary) {
  std::vector<std::string> first;
  std::vector<std::string> others;
  for (std::size_t i = 0; i < state.topics.size(); ++i) {
    const auto& counts = summary.topics[i].counts;
    if (any(counts, &Counts::last_replica)) {
      first.push_back(state.topics[i].name);
    } else if (is_unhealthy(counts)) {
      others.push_back(state.topics[i].name);
    }
    if (first.size() == kMostWatched) break;
  }
  const auto room = std::min(kMostWatched - first.size(), others.size());
  first.insert(first.end(), others.begin(), others.begin() + static_cast<std::ptrdiff_t>(room));
  return first;
}

}  // namespace kie
