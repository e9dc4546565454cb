#pragma once

#include "collectors/loss/state.h"
#include "collectors/model/epoch_ends.h"

#include <cstdint>
#include <optional>

/// Epochs of a partition, and answers for them, by numbers.
namespace kie::loss::test {

struct Ended {
  int epoch = 0;
  int after = 1;
  std::int64_t committed = 1500;
  std::optional<std::int64_t> log_start = 0;
  bool from_outside = false;
};

inline Pending ended(const Ended& numbers) {
  Pending pending;
  pending.epoch = LeaderEpoch{numbers.epoch};
  pending.after = LeaderEpoch{numbers.after};
  pending.committed_end = Offset{numbers.committed};
  if (numbers.log_start) pending.log_start = Offset{*numbers.log_start};
  pending.from_outside = numbers.from_outside;
  return pending;
}

inline model::EpochEnd answered(int asked, int epoch, std::int64_t end) {
  return {LeaderEpoch{asked}, LeaderEpoch{epoch}, Offset{end}};
}

/// As a producer reports it.
inline loss::Acked acked(std::int64_t next, Instant at = {}) { return {Offset{next}, at}; }

}  // namespace kie::loss::test
