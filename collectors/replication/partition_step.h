#pragma once

#include "collectors/replication/advance.h"

namespace kie::replication {

/// The row differs from the known state.
bool differs(const PartitionState& known, const model::PartitionSnapshot& snapshot);

/// The broker that answered does not know the newest leader epoch.
bool goes_back(const PartitionState& known, const model::PartitionSnapshot& snapshot);

/// A leader was elected since, possibly the same one.
bool epoch_grew(const PartitionState& known, const model::PartitionSnapshot& snapshot);

/// The state of a partition that was never seen before. The offsets of its missing replicas are not
/// known.
PartitionState first_seen(model::PartitionSnapshot&& snapshot, Instant at);

/// Applies a snapshot to one partition. Used by advance() only.
class PartitionStep {
 public:
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
  /// From now on another leader may lead, which Metadata does not return.
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
