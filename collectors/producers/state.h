#pragma once

#include "collectors/producers/report.h"
#include "collectors/producers/statistics.h"

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The state of applications' producers, from all their documents. An instance is one client object
/// of an application; a client is all instances, live and past, of one client.id, which has the
/// same default everywhere.
/// Thread: one at a time; its owner has the mutex.
namespace kie::producers {

using Instant = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

/// Counted since the instance was created, or for all instances of a client.
struct Counters {
  /// Of reports; nullopt: it sent none.
  std::optional<std::uint64_t> acknowledged_records;
  /// Of reports; nullopt: none had it.
  std::optional<std::uint64_t> retried_records;
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

/// One client object of an application: identified by its name and start in statistics, or by the
/// random id of its reports if there are no statistics of the same client.
struct InstanceKey {
  std::string name;
  std::int64_t started = 0;
  std::string id;

  auto operator<=>(const InstanceKey&) const = default;
};

/// By error and whether the records may be in the log.
using Failures = std::map<std::pair<std::string_view, Persisted>, std::uint64_t>;

/// The producer id that brokers gave an idempotent producer, and its epoch.
struct ProducerId {
  std::int64_t id = 0;
  std::int64_t epoch = 0;
};

struct Instance {
  /// That of its client here: kOtherClient if there was no room for its own.
  std::string client_id;
  InstanceKey key;
  /// The highest values it ever sent: late documents and duplicates count nothing.
  Counters counted;
  Failures failed;
  /// The newest document of each kind that this process got: by its ts, and by its sequence. The
  /// report is kept without its offsets.
  std::optional<Statistics> statistics;
  std::optional<ProducerReport> report;
  /// The ts of its newest statistics; nullopt: it sent none.
  std::optional<std::int64_t> ts;
  /// librdkafka before 1.7.0: only the name, and counters that grow, tell that it is the same.
  bool is_without_age = false;
  /// The id of its reports; empty: it sent none.
  std::string report_id;
  /// Of the newest report.
  std::int64_t sequence = 0;
  /// nullopt: none yet.
  std::optional<ProducerId> producer_id;
  /// The number of offsets in that report.
  std::size_t offsets = 0;
  /// When its first report arrived, and the newest that was neither late nor a duplicate.
  Instant first_report, last_report;
  Instant first_seen;
  Instant seen;
  WallTime seen_wall;
  /// Between its documents of each kind, by its own clock; nullopt: there was only one.
  std::optional<std::chrono::microseconds> interval;
  std::optional<std::chrono::microseconds> report_interval;
  std::optional<FatalError> fatal;
  /// It ended, or has not reported for too long. Its counters stay, for late documents.
  bool is_gone = false;
  bool has_ended = false;
};

struct ProducerClient {
  Counters counters;
  std::uint64_t id_changes = 0;
  std::uint64_t epoch_bumps = 0;
  /// By error.
  std::map<std::string_view, std::uint64_t> fatal_errors;
  /// nullopt: none of its instances ever sent a report.
  std::optional<Failures> failed;
  std::optional<Instant> last_fatal;
  /// When instances stopped reporting within the last hour, oldest first.
  std::vector<Instant> vanished;
  /// Live instances.
  std::size_t instances = 0;
  Instant seen;
  WallTime seen_wall;
  /// Its counters are shown until then, even if all its instances have ended.
  Instant kept_until;
};

/// The source of a fatal error.
enum class Source : std::uint8_t { kStatistics, kReport, kJournal };

struct RecentFatal {
  std::string_view error;
  Instant at;
  std::string client_id, name;
  Source source = Source::kStatistics;
  /// It came from the other source too.
  bool is_matched = false;
};

struct ProducersState {
  /// Also those that are gone, as long as their client is here.
  std::map<InstanceKey, Instance> instances;
  /// By client.id.
  std::map<std::string, ProducerClient, std::less<>> clients;
  /// Within the last hour, oldest first.
  std::vector<RecentFatal> recent_fatal;
  /// Of all instances together.
  std::size_t offsets = 0;
  /// The instance with that id of its reports.
  std::map<std::string, InstanceKey, std::less<>> by_report_id;
  /// Something may be gone that can make room. False after a search that found nothing, so that
  /// many new clients do not cost a search each.
  bool may_have_gone_instances = true;
  bool may_have_gone_clients = true;
  /// When the exporter started: before, no document could arrive.
  Instant began{};
  /// What was changed, added or dropped; cleared when it is stored.
  std::set<InstanceKey> changed_instances;
  std::set<std::string, std::less<>> changed_clients;
};

/// The client.id under which clients are counted for which there is no room.
inline constexpr const char* kOtherClient = "other";

/// The length of the "last hour" windows, and how long the totals of an ended client with a fatal
/// error are kept.
inline constexpr std::chrono::hours kWindow{1};

std::uint64_t fatal_errors_last_hour(const ProducersState& state, std::string_view error,
                                     Instant now);
std::uint64_t vanished_last_hour(const ProducerClient& client, Instant now);

}  // namespace kie::producers
