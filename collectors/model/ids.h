#pragma once

#include <compare>
#include <cstdint>

namespace kie {

/// A strong type for ids: a partition cannot be passed as a broker.
template <class Rep, class Tag>
struct Id {
  Rep value{};

  constexpr Id() = default;
  constexpr explicit Id(Rep number) : value(number) {}
  constexpr auto operator<=>(const Id&) const = default;
};

using BrokerId = Id<std::int32_t, struct BrokerTag>;
using PartitionId = Id<std::int32_t, struct PartitionTag>;
/// Grows with every election of a partition (KIP-101), and at other bumps of the controller.
using LeaderEpoch = Id<std::int32_t, struct LeaderEpochTag>;
using Offset = Id<std::int64_t, struct OffsetTag>;

/// Kafka's Uuid of a topic (KIP-516). A topic that is deleted and created again has another one.
struct TopicId {
  std::int64_t most_significant = 0;
  std::int64_t least_significant = 0;

  constexpr auto operator<=>(const TopicId&) const = default;
};

}  // namespace kie
