#pragma once

#include "collectors/kafka/codec/codec.h"
#include "collectors/model/ids.h"

#include <vector>

namespace kie::kafka::codec {

/// Offsets of partitions by time, or where a log begins and ends. Asked of the leader; a partition
/// may be named once in a request. Its bytes are the same in all versions known here; 8 may ask for
/// the local log start of tiered storage (KIP-405). Those after it allow more timestamps still (9,
/// 11) and a timeout for remote storage (10).
inline constexpr ApiSpec kListOffsets{2, 6, 8, 6, "ListOffsets"};

/// Special timestamps. The high watermark with isolation level read uncommitted.
inline constexpr std::int64_t kLatest = -1;
/// The log start.
inline constexpr std::int64_t kEarliest = -2;

struct ListOffsetsRequest {
  static constexpr const ApiSpec& kApi = kListOffsets;

  struct Partition {
    PartitionId id{};
    /// A leader in another epoch refuses: kFencedLeaderEpoch, kUnknownLeaderEpoch. -1: any epoch.
    LeaderEpoch current_leader_epoch{-1};
    /// Unit: milliseconds since 1970, or one of the above.
    std::int64_t timestamp = kLatest;

    bool operator==(const Partition&) const = default;
  };

  struct Topic {
    std::string_view name{};
    std::vector<Partition> partitions{};

    bool operator==(const Topic&) const = default;
  };

  /// -1: a client.
  BrokerId replica{-1};
  /// 0: read uncommitted; 1: read committed.
  std::int8_t isolation_level = 0;
  std::vector<Topic> topics{};

  bool operator==(const ListOffsetsRequest&) const = default;
};

struct ListOffsetsResponse {
  static constexpr const ApiSpec& kApi = kListOffsets;

  struct Partition {
    PartitionId id{};
    std::int16_t error = 0;
    /// Of the record found; -1 if the offset was not searched by time. Unit: milliseconds.
    std::int64_t timestamp = -1;
    /// -1: there is none.
    Offset offset{-1};
    /// Of the record at the offset; of latest, the epoch of the log's end.
    LeaderEpoch leader_epoch{-1};

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

  bool operator==(const ListOffsetsResponse&) const = default;
};

}  // namespace kie::kafka::codec
