#pragma once

#include "collectors/replication/advance.h"

namespace kie::replication {

/// The row says another thing than what is known.
bool differs(const Partition& known, const model::PartitionSnapshot& look);

/// The row was answered by somebody who has not heard of the leader epoch that is known.
bool goes_back(const Partition& known, const model::PartitionSnapshot& look);

/// The leader has been elected, or has led anew, since.
bool epoch_grew(const Partition& known, const model::PartitionSnapshot& look);

/// What is known of a partition that was never seen before. Its missing replicas may have anything.
Partition first_seen(model::PartitionSnapshot&& look, Instant at);

/// One partition's way from what is known to what was seen: for advance() alone.
class PartitionStep {
 public:
  /// `polled`: the last look at all topics before this one.
  PartitionStep(State& state, Topic& topic, Partition& known, model::PartitionSnapshot&& look,
                Instant at, Changes& changes)
      : state_(state),
        topic_(topic),
        known_(known),
        look_(std::move(look)),
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
  void succession();
  LeaderOrigin stood() const;
  bool is_from_outside() const;
  Event& add(EventKind kind);

  State& state_;
  Topic& topic_;
  Partition& known_;
  model::PartitionSnapshot look_;
  Instant at_;
  Changes& changes_;
};

}  // namespace kie::replication
