#pragma once

#include "collectors/replication/advance.h"

namespace kie::replication {

/// The row says another thing than what is known.
bool differs(const PartitionState& known, const model::PartitionSnapshot& snapshot);

/// The row was answered by somebody who has not heard of the leader epoch that is known.
bool goes_back(const PartitionState& known, const model::PartitionSnapshot& snapshot);

/// The leader has been elected, or has led anew, since.
bool epoch_grew(const PartitionState& known, const model::PartitionSnapshot& snapshot);

/// What is known of a partition that was never seen before. Its missing replicas may have anything.
PartitionState first_seen(model::PartitionSnapshot&& snapshot, Instant at);

/// One partition's way from what is known to what was seen: for advance() alone.
class PartitionStep {
 public:
  /// `polled`: the last look at all topics before this one.
  PartitionStep(ReplicationState& state, TopicState& topic, PartitionState& known,
                model::PartitionSnapshot&& snapshot, Instant at, Changes& changes)
      : state_(state),
        topic_(topic),
        known_(known),
        snapshot_(std::move(snapshot)),
        at_(at),
        changes_(changes) {}

  void run();

 private:
  void become_known();
  void change();
  void isr_change();
  void reassignment();
  void election();
  /// Somebody else may lead from now on, of whom nothing is told.
  void leader_out_of_sight();
  void missing();
  void epoch_change();
  LeaderOrigin leader_origin() const;
  bool is_from_outside() const;
  ReplicationEvent& add(ReplicationEventKind kind);

  ReplicationState& state_;
  TopicState& topic_;
  PartitionState& known_;
  model::PartitionSnapshot snapshot_;
  Instant at_;
  Changes& changes_;
};

}  // namespace kie::replication
