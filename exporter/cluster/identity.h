#pragma once

#include "config/config_error.h"
#include "exporter/cluster/cluster_ids.h"

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>

namespace kie {

/// The cluster id of one entry of the configuration, and whether an earlier entry has the same:
/// then only the earlier one is watched.
/// Thread: the cluster's poll thread, but where another is named.
class ClusterIdentity {
 public:
  /// `number`: of the entry, unique as long as the process runs. `ids` must outlive this.
  ClusterIdentity(ClusterIds& ids, std::size_t number, const config::SourceLocation& place);
  ~ClusterIdentity() { ids_.remove(number_); }
  ClusterIdentity(const ClusterIdentity&) = delete;
  ClusterIdentity& operator=(const ClusterIdentity&) = delete;

  /// Sets the entry's line in the file. Thread: any.
  void set_place(const config::SourceLocation& place) { ids_.set_place(number_, place); }

  /// The entry has other servers, and reset() follows: answers until then are not the entry's.
  /// Thread: any.
  void servers_changed();

  /// From now on the cluster is asked through another connection.
  void reset();

  /// The cluster id of Metadata; nullopt: the broker returns none.
  void answered(std::optional<std::string> id) { id_ = std::move(id); }

  /// No broker answers. Releases the entry's former cluster, unless a broker has answered through
  /// this connection.
  void unanswered();

  /// Claims the cluster that answered. nullopt: no earlier entry has the same id, or it is unknown.
  std::optional<ClusterIds::Duplicate> claim();

  /// The id last answered through this connection.
  const std::optional<std::string>& id() const { return id_; }

 private:
  ClusterIds& ids_;
  std::size_t number_;
  std::optional<std::string> id_;

  /// Held while an id is claimed, so that none is claimed after servers_changed().
  std::mutex mutex_;
  bool is_moving_ = false;
  /// The last result of claim().
  std::optional<ClusterIds::Duplicate> duplicate_;
};

}  // namespace kie
