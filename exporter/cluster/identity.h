#pragma once

#include "config/config_error.h"
#include "exporter/cluster/cluster_ids.h"

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>

namespace kie {

/// Which cluster one entry of the configuration turned out to be, and whether an earlier entry is
/// the same one: then that one alone is watched.
/// Thread: the cluster's poll thread, but where another is named.
class ClusterIdentity {
 public:
  /// `number`: the entry's among all, for as long as the process runs. `ids` must outlive this.
  ClusterIdentity(ClusterIds& ids, std::size_t number, const config::SourceLocation& place);
  ~ClusterIdentity() { ids_.remove(number_); }
  ClusterIdentity(const ClusterIdentity&) = delete;
  ClusterIdentity& operator=(const ClusterIdentity&) = delete;

  /// Where the entry stands in the file now. Thread: any.
  void set_place(const config::SourceLocation& place) { ids_.set_place(number_, place); }

  /// The entry has other servers, and reset() follows: until then what answers is not what it is.
  /// Thread: any.
  void servers_changed();

  /// From now on the cluster is asked by way of another connection.
  void reset();

  /// The cluster id that Metadata has; nullopt: the broker tells none.
  void answered(std::optional<std::string> id) { id_ = std::move(id); }

  /// Nothing answers. Where the entry was watched before does not matter any more, unless something
  /// has answered by way of this connection.
  void unanswered();

  /// Claims the cluster that answered. nullopt: no earlier entry is the same, or it is not known.
  std::optional<ClusterIds::Duplicate> claim();

  /// What answered last by way of this connection.
  const std::optional<std::string>& id() const { return id_; }

 private:
  ClusterIds& ids_;
  std::size_t number_;
  std::optional<std::string> id_;

  /// Held while an id is claimed, so that none is after servers_changed().
  std::mutex mutex_;
  bool is_moving_ = false;
  /// What claim() found last.
  std::optional<ClusterIds::Duplicate> duplicate_;
};

}  // namespace kie
