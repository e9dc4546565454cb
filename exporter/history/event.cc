#include "exporter/history/event.h"

#include <algorithm>

namespace kie::history {

bool matches(const EventQuery& query, const StoredEvent& event) {
  return (!query.before || event.id < *query.before) &&
         (!query.cluster || event.cluster == *query.cluster) &&
         (!query.topic || event.topic == *query.topic) &&
         (!query.partition || event.partition == query.partition) &&
         (query.kinds.empty() || std::ranges::find(query.kinds, event.kind) != query.kinds.end()) &&
         (!query.from || event.to >= *query.from) && (!query.to || event.to < *query.to);
}

}  // namespace kie::history
