#pragma once

#include "config/config_error.h"

#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace kie {

/// The cluster id of each entry of the configuration, so that no cluster is watched twice. Entries
/// have numbers, in the order in which they were added. Thread: any.
class ClusterIds {
 public:
  /// Two entries that are the same cluster.
  struct Duplicate {
    config::SourceLocation first;
    config::SourceLocation second;
  };

  /// Sets the entry's line in the file.
  void set_place(std::size_t number, const config::SourceLocation& place) {
    const std::scoped_lock lock{mutex_};
    entries_[number].place = place;
  }

  /// Sets the entry's cluster id (from Metadata). Returns it with the entry of a lower number that
  /// has the same id, if there is one.
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

  /// The entry's cluster is not known any more, as its servers have changed.
  void release(std::size_t number) {
    const std::scoped_lock lock{mutex_};
    entries_[number].id.reset();
  }

  /// The entry was removed.
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
