#pragma once

#include "config/problem.h"

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace kie {

/// Which cluster each entry of the configuration turned out to be, so that one cluster is not
/// watched twice. Thread: any.
class ClusterIds {
 public:
  /// Says that the entry with this number is the cluster with this id (Metadata's cluster id).
  /// Returns the place of an entry with a lower number that is the same.
  std::optional<config::Place> claim(std::size_t number, const config::Place& place,
                                     const std::string& id) {
    const std::scoped_lock lock{mutex_};
    entries_.insert_or_assign(number, Entry{place, id});
    for (const auto& [other, entry] : entries_) {
      if (other == number) break;
      if (entry.id == id) return entry.place;
    }
    return std::nullopt;
  }

  void release(std::size_t number) {
    const std::scoped_lock lock{mutex_};
    entries_.erase(number);
  }

 private:
  struct Entry {
    config::Place place;
    std::string id;
  };

  std::mutex mutex_;
  std::map<std::size_t, Entry> entries_;
};

}  // namespace kie
