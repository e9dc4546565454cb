#include "collectors/kafka/session.h"

#include <algorithm>
#include <utility>

namespace kie::kafka {

void Session::keep(RequestBatch&& batch) {
  // librdkafka knows the requests, which stay where they are, and not the batch.
  if (!batch.drain_late()) late_.push_back(std::move(batch));
}

void Session::drain_late() {
  late_.remove_if([](RequestBatch& batch) { return batch.drain_late(); });
}

std::vector<BrokerId> Session::listed_ids() const {
  std::vector<BrokerId> ids;
  ids.reserve(listed_.size());
  for (const auto& broker : listed_) ids.push_back(broker.id);
  return ids;
}

std::vector<BrokerId> Session::answering_since(model::Instant since) const {
  auto ids = listed_ids();
  std::erase_if(ids, [&](BrokerId id) {
    const auto last = timeouts_.last_answer(id);
    return !last || *last < since;
  });
  return ids;
}

std::optional<BrokerId> Session::pick(const std::set<BrokerId>& asked,
                                      std::optional<BrokerId> wanted) {
  std::vector<BrokerId> able;
  std::vector<BrokerId> unresponsive;
  for (const auto& broker : listed_)
    if (!asked.contains(broker.id))
      (timeouts_.is_unresponsive(broker.id) ? unresponsive : able).push_back(broker.id);
  if (wanted && std::ranges::find(able, *wanted) != able.end()) return wanted;
  const auto& from = able.empty() ? unresponsive : able;
  if (from.empty()) return std::nullopt;
  return from[turn_++ % from.size()];
}

}  // namespace kie::kafka
