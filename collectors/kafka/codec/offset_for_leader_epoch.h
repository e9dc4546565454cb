#pragma once

#include "collectors/kafka/codec/codec.h"
#include "collectors/model/ids.h"

#include <vector>

namespace kie::kafka::codec {

/// Where leader epochs end in the log of the leader (KIP-101, KIP-320). A partition can be in a
/// request only once, with one epoch.
inline constexpr ApiSpec kOffsetForLeaderEpoch{23, 4, 4, 4, "OffsetForLeaderEpoch"};

struct OffsetForLeaderEpochRequest {
  static constexpr const ApiSpec& kApi = kOffsetForLeaderEpoch;

  struct Partition {
    PartitionId id{};
    /// A leader in another epoch refuses: kFencedLeaderEpoch, kUnknownLeaderEpoch. -1: any epoch.
    LeaderEpoch current_leader_epoch{-1};
    /// The epoch whose end is asked.
    LeaderEpoch leader_epoch{};

    bool operator==(const Partition&) const = default;
  };

  struct Topic {
    std::string_view name{};
    std::vector<Partition> partitions{};

    bool operator==(const Topic&) const = default;
  };

  /// -1: a client.
  BrokerId replica{-1};
  std::vector<Topic> topics{};

  bool operator==(const OffsetForLeaderEpochRequest&) const = default;
};

struct OffsetForLeaderEpochResponse {
  static constexpr const ApiSpec& kApi = kOffsetForLeaderEpoch;

  struct Partition {
    std::int16_t error = 0;
    PartitionId id{};
    /// The largest at or below the requested one in the log. -1: the leader knows none as high.
    LeaderEpoch leader_epoch{-1};
    /// The first offset after it, -1 with epoch -1.
    Offset end{-1};

    bool operator==(const Partition&) const = default;
  };

  struct Topic {
    std::string_view name{};
    std::vector<Partition> partitions{};

    bool operator==(const Topic&) const = default;
  };

  /// Unit: milliseconds.
  std::int32_t throttle_time = 0;
  std::vector<Topic> topics{};

  bool operator==(const OffsetForLeaderEpochResponse&) const = default;
};

}  // namespace kie::kafka::codec
