#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kie::history {

/// Kept in microseconds since 1970.
using Time = std::chrono::system_clock::time_point;

/// Something that happened, of whichever kind: its meaning is the caller's.
struct StoredEvent {
  /// Grows with each event and is never used twice; History gives it.
  std::int64_t id = 0;
  /// Kafka's id of the cluster.
  std::string cluster{};
  std::string kind{};
  /// Empty for what is not about a topic.
  std::string topic{};
  std::optional<std::int32_t> partition{}, broker{};
  /// It happened in between.
  Time from{}, to{};
  /// A JSON object.
  std::string details{};

  bool operator==(const StoredEvent&) const = default;
};

/// Which events are wanted; what is not set does not matter.
struct EventQuery {
  std::optional<std::string> cluster{}, topic{};
  std::optional<std::int32_t> partition{};
  /// One of these; empty: any.
  std::vector<std::string> kinds{};
  /// Those whose `to` is in [from, to).
  std::optional<Time> from{}, to{};
  /// Those with a lower id: `next` of the page before.
  std::optional<std::int64_t> before{};
  std::size_t limit = 100;
};

/// Whether the query wants it, whatever its limit.
bool matches(const EventQuery& query, const StoredEvent& event);

struct EventPage {
  /// The newest first, by id.
  std::vector<StoredEvent> events;
  /// There are more: `before` of the query that gives them.
  std::optional<std::int64_t> next;
};

struct QueryError {
  /// It was given up: a narrower query may be answered.
  bool too_slow = false;
  std::string text;
};

}  // namespace kie::history
