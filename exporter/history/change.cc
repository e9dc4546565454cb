#include "exporter/history/change.h"

#include <utility>

namespace kie::history {

void ClusterRows::add(ClusterRows later) {
  if (later.whole) {
    whole = true;
    topics.clear();
  }
  if (later.state) state = std::move(later.state);
  if (topics.empty()) {
    topics = std::move(later.topics);
  } else {
    for (auto& [topic, row] : later.topics) topics.insert_or_assign(topic, std::move(row));
  }
}

}  // namespace kie::history
