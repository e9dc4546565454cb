#pragma once

#include "collectors/producers/monitor/acked_partitions.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kie::monitor {

enum class Persistence : std::uint8_t { kNo, kPossibly, kYes, kAborted };

struct FailedRecords {
  /// librdkafka's name, such as _MSG_TIMED_OUT.
  std::string error;
  Persistence persisted = Persistence::kNo;
  std::uint64_t records = 0;
};

struct ClientFatalError {
  std::string error, reason;
};

/// Unit: seconds.
struct RoundTripSummary {
  double p50 = 0, p99 = 0, max = 0;
};

/// Round trips of Produce requests since the last report. Thread: any.
class RoundTrips {
 public:
  void add(std::int64_t microseconds) noexcept;
  /// nullopt: there was none.
  std::optional<RoundTripSummary> take();

 private:
  /// By powers of the square root of 2, in microseconds.
  std::array<std::atomic<std::uint32_t>, 64> counts_{};
  std::atomic<std::int64_t> max_us_ = 0;
};

/// What does not change.
struct Identity {
  /// Random.
  std::string instance;
  std::string client_id;
  /// Such as "librdkafka 2.8.0".
  std::string client;
  std::string host;
  std::int64_t pid = 0;
  /// By the clock of librdkafka's statistics, CLOCK_MONOTONIC. Unit: microseconds.
  std::int64_t started = 0;
  std::string acks;
  std::vector<std::pair<std::string, std::string>> settings;

  /// Known once the client works.
  std::string name, cluster_id;
};

/// One document for POST /api/v1/producers/reports (collectors/producers/README.md).
struct Report {
  const Identity* identity = nullptr;
  std::int64_t sequence = 0;
  /// Unit: milliseconds since 1970.
  std::int64_t at_ms = 0;
  std::uint64_t acknowledged = 0, bytes = 0, dropped = 0;
  std::vector<FailedRecords> failed;
  std::optional<ClientFatalError> fatal;
  std::vector<PartitionSegments> offsets;
  std::optional<RoundTripSummary> round_trip;
  bool ended = false;
};

/// Appends the report in one line of JSON, with the line's end.
void write_report(const Report& report, std::string& out);

}  // namespace kie::monitor
