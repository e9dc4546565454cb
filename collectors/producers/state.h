#pragma once

#include "collectors/producers/statistics.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What is known of applications' producers, from all that they sent. An instance is one client
/// object of an application; a client is all instances, live and past, of one client.id, which is
/// the same everywhere by default.
/// Thread: one at a time; its owner has the mutex.
namespace kie::producers {

using Instant = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

/// Counted since the instance was made, or of all instances of a client.
struct Counters {
  /// nullopt: nobody counts them.
  std::optional<std::uint64_t> acknowledged_records;
  std::uint64_t transmitted_bytes = 0;
  std::uint64_t socket_send_errors = 0;
  std::uint64_t request_timeouts = 0;
};

struct FatalError {
  /// One of fatal_errors().
  std::string_view error;
  std::string reason;
  Instant at;
  WallTime wall;
};

struct Instance {
  std::string client_id;
  std::string name;
  /// The highest that it ever sent: what it says late or again counts nothing.
  Counters counted;
  /// The newest document, by its age.
  Statistics last;
  Instant first_seen;
  Instant seen;
  WallTime seen_wall;
  /// Between its documents, by its own clock; nullopt: there was but one.
  std::optional<std::chrono::microseconds> interval;
  std::optional<FatalError> fatal;
  /// It was silent for too long. What it was counted with stays, for it may come back.
  bool is_gone = false;
};

struct Client {
  Counters counters;
  std::uint64_t id_changes = 0;
  std::uint64_t epoch_bumps = 0;
  /// By error.
  std::map<std::string_view, std::uint64_t> fatal_errors;
  std::optional<Instant> last_fatal;
  /// Instances that fell silent within the last hour, oldest first.
  std::vector<Instant> vanished;
  /// That are not gone.
  std::size_t instances = 0;
  Instant seen;
  WallTime seen_wall;
};

struct State {
  /// By name and start; those that are gone too, as long as their client is here.
  std::map<std::pair<std::string, std::int64_t>, Instance> instances;
  /// By client.id.
  std::map<std::string, Client, std::less<>> clients;
  /// Within the last hour, oldest first.
  std::vector<FatalError> recent_fatal;
};

/// How far "last hour" reaches back, and how much longer the totals of a client that ended stay
/// which had a fatal error.
inline constexpr std::chrono::hours kWindow{1};

std::uint64_t fatal_errors_last_hour(const State& state, std::string_view error, Instant now);
std::uint64_t vanished_last_hour(const Client& client, Instant now);

}  // namespace kie::producers
