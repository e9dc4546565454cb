#pragma once

#include "collectors/kafka/codec/api_versions.h"
#include "collectors/model/ids.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace kie::kafka {

/// The requests and versions that each broker supports. Source: ApiVersions (API 18). Thread: any.
class BrokerVersions {
 public:
  using Ranges = std::shared_ptr<const codec::ApiVersionsResponse>;

  /// nullptr: the broker must be asked.
  Ranges find(BrokerId broker) const {
    const std::scoped_lock lock{mutex_};
    const auto found = ranges_.find(broker);
    return found == ranges_.end() ? nullptr : found->second;
  }

  void set(BrokerId broker, Ranges ranges) {
    const std::scoped_lock lock{mutex_};
    ranges_[broker] = std::move(ranges);
  }

  /// The connection was lost: the broker may come back with another release.
  void forget(BrokerId broker) {
    const std::scoped_lock lock{mutex_};
    ranges_.erase(broker);
  }

  /// `brokers`: sorted.
  void forget_unless(const std::vector<BrokerId>& brokers) {
    const std::scoped_lock lock{mutex_};
    std::erase_if(ranges_, [&](const auto& entry) {
      return !std::ranges::binary_search(brokers, entry.first);
    });
  }

 private:
  mutable std::mutex mutex_;
  std::map<BrokerId, Ranges> ranges_;
};

}  // namespace kie::kafka
