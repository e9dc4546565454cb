#include "exporter/cluster/identity.h"

namespace kie {

ClusterIdentity::ClusterIdentity(ClusterIds& ids, std::size_t number,
                                 const config::SourceLocation& place)
    : ids_(ids), number_(number) {
  set_place(place);
}

void ClusterIdentity::servers_changed() {
  const std::scoped_lock lock{mutex_};
  is_moving_ = true;
  ids_.release(number_);
}

void ClusterIdentity::reset() {
  const std::scoped_lock lock{mutex_};
  is_moving_ = false;
  id_.reset();
  duplicate_.reset();
}

void ClusterIdentity::unanswered() {
  if (!id_) ids_.release(number_);
}

std::optional<ClusterIds::Duplicate> ClusterIdentity::claim() {
  if (!id_) return std::nullopt;
  const std::scoped_lock lock{mutex_};
  if (!is_moving_) duplicate_ = ids_.claim(number_, *id_);
  return duplicate_;
}

}  // namespace kie
