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

/// An event of any kind; its meaning is up to the caller.
struct StoredEvent {
  /// Grows with each event and is never used twice. Set by History.
  std::int64_t id = 0;
  /// Kafka's id of the cluster.
  std::string cluster{};
  std::string kind{};
  /// Empty for events that are not about a topic.
  std::string topic{};
  std::optional<std::int32_t> partition{}, broker{};
  /// It happened between these.
  Time from{}, to{};
  /// A JSON object.
  std::string details{};

  bool operator==(const StoredEvent&) const = default;
};

/// A filter of events; members that are not set match all.
struct EventQuery {
  std::optional<std::string> cluster{}, topic{};
  std::optional<std::int32_t> partition{};
  /// One of these; empty: any.
  std::vector<std::string> kinds{};
  /// Events whose `to` is in [from, to).
  std::optional<Time> from{}, to{};
  /// Events with a lower id: `next` of the previous page.
  std::optional<std::int64_t> before{};
  std::size_t limit = 100;
};

/// Whether the event matches the query, without its limit.
bool matches(const EventQuery& query, const StoredEvent& event);

struct EventPage {
  /// Newest first, by id.
  std::vector<StoredEvent> events;
  /// If there are more: `before` of the query for the next page.
  std::optional<std::int64_t> next;
};

struct QueryError {
  /// The query was aborted: a narrower one may be answered.
  bool too_slow = false;
  std::string text;
};

}  // namespace kie::history
