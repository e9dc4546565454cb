#pragma once

#include "collectors/model/configs.h"
#include "collectors/model/epoch_ends.h"
#include "collectors/model/snapshot.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

/// The recorded incidents, played endlessly by many topics at once: what is seen at a step hangs on
/// nothing but its number, so a process that was killed can go on where it was.
namespace kie::storm {

/// Between two looks. No part of an hour, so that no window ends at a look.
inline constexpr std::chrono::seconds kStepTime{11};

class Replay {
 public:
  Replay();

  /// Every fourth look is at some of the topics only.
  model::ClusterSnapshot snapshot(std::int64_t step, model::Instant at) const;

  /// What the leader says where epochs end; nullopt if it was not asked when it was recorded.
  std::optional<model::EpochAnswer> answer(const model::EpochQuestion& question, std::int64_t step,
                                           const std::optional<TopicId>& id,
                                           std::optional<Offset> log_start) const;

  model::Configs settings(std::int64_t step) const;

 private:
  struct Recorded {
    std::vector<model::ClusterSnapshot> frames;
    std::map<std::tuple<std::string, PartitionId, LeaderEpoch>, model::EpochEnd> ends;
    std::map<std::string, model::Configured<bool>> settings;
  };
  /// Who plays what at a step.
  struct Scene {
    const Recorded& recorded;
    /// Grows from one play of an actor to the next. Each recording is played twice, the second time
    /// by topics created again under the names of the first; these are deleted when it ends.
    std::int64_t play = 0;
    std::size_t frame = 0;
  };

  Scene scene(std::size_t actor, std::int64_t step) const;
  void add(std::size_t actor, const Scene& scene, model::ClusterSnapshot& snapshot) const;

  std::vector<Recorded> recorded_;
  /// How many steps it takes to play all.
  std::int64_t length_ = 0;
};

/// A topic that nothing happens to, whose offset is the step.
inline const std::string kStepTopic = "~step";

}  // namespace kie::storm
