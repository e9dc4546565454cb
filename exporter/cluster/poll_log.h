#pragma once

#include "collectors/kafka/config_reader.h"
#include "collectors/kafka/list_offsets.h"
#include "collectors/model/controller.h"
#include "collectors/model/snapshot.h"
#include "exporter/log/failure_log.h"

#include <set>
#include <string>

namespace kie {

/// Says once what keeps questions of a look from being answered, with the grant that helps, and
/// once that it is over. Thread: one.
class PollLog {
 public:
  explicit PollLog(std::string cluster) : cluster_(std::move(cluster)), failure_log_(cluster_) {}

  /// `refused`: Metadata showed none, and nothing may be described.
  void topics_listed(bool refused);
  /// Which topics of a whole look may not be described: all that changed at once is one line, as a
  /// change of an ACL does that.
  void topics_described(const model::ClusterSnapshot& snapshot);
  void offsets_read(const kafka::OffsetsReport& report);
  /// What keeps the controller from being known; that none answers is an event of its own.
  void controller_asked(const model::ControllerSnapshot& snapshot);
  /// Returns whether all that was asked is answered.
  bool settings_read(const kafka::ConfigsReport& report, bool brokers_were_asked);

  /// What was refused before is another cluster's.
  void forget() { refused_.clear(); }

 private:
  std::string cluster_;
  FailureLog failure_log_;
  std::set<std::string> refused_;
  bool has_no_quorum_ = false;
};

}  // namespace kie
