#include "exporter/producers/acked_offsets.h"

namespace kie {

void AckedOffsets::watch(const std::string& cluster) {
  const std::scoped_lock lock{mutex_};
  clusters_.try_emplace(cluster);
}

void AckedOffsets::release(const std::string& cluster) {
  const std::scoped_lock lock{mutex_};
  clusters_.erase(cluster);
}

void AckedOffsets::post(const std::string& cluster, const std::string& instance,
                        std::vector<producers::ReportedSegment> segments, loss::Instant arrived) {
  const std::scoped_lock lock{mutex_};
  const auto found = clusters_.find(cluster);
  if (found == clusters_.end()) return;
  for (auto& one : segments) {
    std::pair key{loss::ReporterKey{one.topic, one.partition, instance}, one.number};
    found->second.insert_or_assign(std::move(key),
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

std::vector<loss::Acknowledgement> AckedOffsets::take(const std::string& cluster) {
  Segments segments;
  {
    const std::scoped_lock lock{mutex_};
    if (const auto found = clusters_.find(cluster); found != clusters_.end())
      segments.swap(found->second);
  }
  std::vector<loss::Acknowledgement> all;
  all.reserve(segments.size());
  for (auto& [key, one] : segments) all.push_back(std::move(one));
  return all;
}

}  // namespace kie
