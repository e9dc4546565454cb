#include "exporter/producers/acked_offsets.h"

namespace kie {

void AckedOffsets::post(const std::string& cluster, const std::string& instance,
                        std::vector<producers::ReportedSegment> segments, loss::Instant arrived) {
  const std::scoped_lock lock{mutex_};
  const auto found = clusters_.find(cluster);
  if (found == clusters_.end()) return;
  for (auto& one : segments) {
    std::pair key{loss::ReporterKey{one.topic, one.partition, instance}, one.number};
    found->second.segments.insert_or_assign(std::move(key),
                                            loss::Acknowledgement{.topic = std::move(one.topic),
                                                                  .partition = one.partition,
                                                                  .instance = instance,
                                                                  .segment = one.number,
                                                                  .broker = one.broker,
                                                                  .acks_all = one.acks_all,
                                                                  .next = one.next,
                                                                  .at = arrived - one.age,
                                                                  .arrived = arrived});
  }
}

void AckedOffsetsWatch::follow(const std::string& cluster) {
  if (offsets_ == nullptr || cluster_ == cluster) return;
  end();
  cluster_ = cluster;
  const std::scoped_lock lock{offsets_->mutex_};
  ++offsets_->clusters_[cluster].watches;
}

void AckedOffsetsWatch::end() {
  if (!cluster_) return;
  const std::scoped_lock lock{offsets_->mutex_};
  const auto found = offsets_->clusters_.find(*cluster_);
  if (--found->second.watches == 0) offsets_->clusters_.erase(found);
  cluster_.reset();
}

std::vector<loss::Acknowledgement> AckedOffsetsWatch::take() {
  if (!cluster_) return {};
  decltype(AckedOffsets::Watched::segments) segments;
  {
    const std::scoped_lock lock{offsets_->mutex_};
    segments.swap(offsets_->clusters_.find(*cluster_)->second.segments);
  }
  std::vector<loss::Acknowledgement> all;
  all.reserve(segments.size());
  for (auto& [key, one] : segments) all.push_back(std::move(one));
  return all;
}

}  // namespace kie
