#include "exporter/producers/document_queue.h"

#include <utility>

namespace kie {

std::optional<std::future<DocumentOutcomes>> DocumentQueue::push(
    std::vector<ProducerDocument> documents) {
  std::future<DocumentOutcomes> outcomes;
  {
    const std::scoped_lock lock{mutex_};
    if (batches_.size() >= most_) return std::nullopt;
    auto& batch = batches_.emplace_back(Batch{.documents = std::move(documents),
                                              .at = std::chrono::steady_clock::now(),
                                              .wall = std::chrono::system_clock::now(),
                                              .outcomes = {}});
    outcomes = batch.outcomes.get_future();
  }
  pushed_.notify_one();
  return outcomes;
}

std::deque<DocumentQueue::Batch> DocumentQueue::pop(producers::Instant until,
                                                    const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  pushed_.wait_until(lock, stop, until, [&] { return !batches_.empty(); });
  return std::exchange(batches_, {});
}

}  // namespace kie
