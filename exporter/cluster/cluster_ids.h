#pragma once

#include "config/config_error.h"

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace kie {

/// Which cluster each entry of the configuration turned out to be, so that one cluster is not
/// watched twice. Entries have numbers, in the order in which they came to be watched. Thread: any.
class ClusterIds {
 public:
  /// Two entries that are the same cluster.
  struct Duplicate {
    config::SourceLocation first;
    config::SourceLocation second;
  };

  /// Says where the entry stands in the file now.
  void set_place(std::size_t number, const config::SourceLocation& place) {
    const std::scoped_lock lock{mutex_};
    entries_[number].place = place;
  }

  /// Says that the entry is the cluster with this id (Metadata's cluster id). Returns it with the
  /// entry of a lower number that is the same.
  std::optional<Duplicate> claim(std::size_t number, const std::string& id) {
    const std::scoped_lock lock{mutex_};
    auto& claiming = entries_[number];
    claiming.id = id;
    for (const auto& [other, entry] : entries_) {
      if (other == number) break;
      if (entry.id == id) return Duplicate{entry.place, claiming.place};
    }
    return std::nullopt;
  }

  /// The entry is no cluster known: it is asked elsewhere now.
  void release(std::size_t number) {
    const std::scoped_lock lock{mutex_};
    entries_[number].id.reset();
  }

  /// The entry is gone.
  void remove(std::size_t number) {
    const std::scoped_lock lock{mutex_};
    entries_.erase(number);
  }

 private:
  struct Entry {
    config::SourceLocation place;
    std::optional<std::string> id;
  };

  std::mutex mutex_;
  std::map<std::size_t, Entry> entries_;
};

}  // namespace kie
