#pragma once

#include "collectors/model/snapshot.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// A poll's snapshot of the cluster's active controller: plain values.
namespace kie::model {

/// A member of the metadata quorum, or a broker that follows its log.
struct QuorumReplica {
  BrokerId id;
  /// Of the metadata log, as known to the quorum's leader; nullopt: this replica has not fetched.
  std::optional<Offset> log_end;
  /// By the clock of the quorum's leader; nullopt: this replica has not fetched, or DescribeQuorum
  /// v0 (Kafka before 3.3), which has no times.
  std::optional<std::chrono::milliseconds> last_caught_up;
};

/// Source: DescribeQuorum (API 55) of the partition 0 of __cluster_metadata.
struct Quorum {
  /// The active controller.
  BrokerId leader;
  /// Grows with every controller.
  LeaderEpoch epoch;
  std::vector<QuorumReplica> voters;
  /// Brokers, and controllers that do not vote.
  std::vector<QuorumReplica> observers;
};

enum class ControllerAnswer : std::uint8_t {
  /// `quorum` has the answer.
  kAnswered,
  /// The controller refused (no Describe on the cluster), which proves that there is one.
  kRefused,
  /// Two brokers, or the only one that can be asked, forwarded the request and got no answer from a
  /// controller in time.
  kNone,
  /// No broker could be asked, or their answers show nothing about a controller, or only one of
  /// several had no answer.
  kUnknown,
  /// The brokers do not have the request: a cluster under ZooKeeper, or a platform without it.
  kUnsupported,
};

struct ControllerSnapshot {
  /// When the answer came, or the deadline passed.
  Instant at;
  /// Since the request.
  Instant::duration took{};
  ControllerAnswer answer = ControllerAnswer::kUnknown;
  /// With kAnswered only.
  std::optional<Quorum> quorum;
  /// Why there is no quorum, for the log; empty with kAnswered.
  std::string why;
};

}  // namespace kie::model
