#pragma once

#include "collectors/kafka/config_reader.h"
#include "collectors/kafka/list_offsets.h"
#include "collectors/model/controller.h"
#include "collectors/model/snapshot.h"
#include "exporter/log/failure_log.h"

#include <set>
#include <string>

namespace kie {

/// Logs once why requests of a poll are not answered, with the grant that helps, and once that they
/// are answered again. Thread: one.
class PollLog {
 public:
  explicit PollLog(std::string cluster) : cluster_(std::move(cluster)), failure_log_(cluster_) {}

  /// `refused`: Metadata lists none, and no topic may be described.
  void topics_listed(bool refused);
  /// Topics of a full snapshot that may not be described. All that changed at once, as after a
  /// change of an ACL, are one line.
  void topics_described(const model::ClusterSnapshot& snapshot);
  void offsets_read(const kafka::OffsetsReport& report);
  /// Why the controller is not known; that none answers is an event of its own.
  void controller_asked(const model::ControllerSnapshot& snapshot);
  /// Returns whether all requests were answered.
  bool settings_read(const kafka::ConfigsReport& report, bool brokers_were_asked);

  /// Call when the cluster is another one.
  void forget() { refused_.clear(); }

 private:
  std::string cluster_;
  FailureLog failure_log_;
  std::set<std::string> refused_;
  bool has_no_quorum_ = false;
};

}  // namespace kie
