#include "collectors/cluster/visit_topics.h"

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>

namespace kie {
namespace {

/// The mutex is released after so many partitions: some tens of microseconds.
constexpr std::size_t kAtOnce = 256;

}  // namespace

void visit_topics(const ClusterState& known, const std::string& from,
                  const std::function<bool(const replication::TopicState&)>& visit) {
  auto next = from;
  for (bool is_over = false; !is_over;) {
    {
      const std::scoped_lock lock{known.mutex};
      const auto& topics = known.replication.topics;
      auto topic = std::ranges::lower_bound(topics, next, {}, &replication::TopicState::name);
      for (std::size_t visited = 0; topic != topics.end() && visited < kAtOnce; ++topic) {
        visited += topic->partitions.size() + 1;
        if (!visit(*topic)) return;
      }
      is_over = topic == topics.end();
      if (!is_over) next = topic->name;
    }
    // Without this, another thread seldom gets a mutex that is released and locked again at once.
    std::this_thread::yield();
  }
}

}  // namespace kie
