#pragma once

#include "collectors/model/ids.h"
#include "collectors/producers/statistics.h"

#include <tl/expected.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kie::producers {

/// Whether records whose delivery failed may still be in the log. kAborted: they were purged with
/// their transaction, and no consumer reads them.
enum class Persisted : std::uint8_t { kNo, kPossibly, kYes, kAborted };

inline constexpr std::array kPersisted{Persisted::kNo, Persisted::kPossibly, Persisted::kYes,
                                       Persisted::kAborted};

constexpr std::string_view to_string(Persisted persisted) {
  switch (persisted) {
    case Persisted::kNo:
      return "no";
    case Persisted::kPossibly:
      return "possibly";
    case Persisted::kYes:
      return "yes";
    case Persisted::kAborted:
      return "aborted";
  }
  return "";
}

struct ReportedFailure {
  /// One of delivery_errors().
  std::string_view error;
  Persisted persisted = Persisted::kNo;
  std::uint64_t records = 0;
};

struct ReportedFatal {
  /// One of fatal_errors().
  std::string_view error;
  std::string reason;
};

/// Offsets of a partition that one broker acknowledged without a break. A new segment begins when
/// another broker acknowledges, when offsets go backwards, and when the connection was lost.
struct ReportedSegment {
  std::string topic;
  PartitionId partition;
  /// Grows with each new segment of the partition.
  std::int64_t number = 0;
  /// nullopt: the application's client does not report it.
  std::optional<BrokerId> broker;
  /// Acknowledged by all in-sync replicas, not by the leader alone.
  bool acks_all = true;
  /// The highest acknowledged offset + 1.
  Offset next;
  /// How long before the report that offset was acknowledged, by the application's clock.
  std::chrono::microseconds age{};
};

/// Records that wait to be sent. Unit: bytes.
struct ReportedQueue {
  std::uint64_t bytes = 0, bytes_limit = 0;
};

/// One document of POST /api/v1/producers/reports: cumulative since the start of the producer, so
/// that a lost, duplicated or late one does no harm.
struct ProducerReport {
  /// Random, one per producer object.
  std::string instance;
  /// Grows with each report of the instance.
  std::int64_t sequence = 0;
  /// When the report was made. Unit: seconds since 1970, by the application's clock.
  double time = 0;
  std::string client_id, name, host, client;
  /// `ts` - `age` of the client's librdkafka statistics: with the name it identifies the producer.
  std::optional<std::int64_t> started;
  std::optional<std::int64_t> pid;
  /// Empty: not reported.
  std::string cluster_id;
  /// Of a fixed list, in its order; missing ones have the client's default. nullopt: not reported.
  std::optional<std::vector<std::pair<std::string_view, std::string>>> settings;
  std::uint64_t acknowledged = 0;
  std::uint64_t acknowledged_bytes = 0;
  /// Each error once, sorted.
  std::vector<ReportedFailure> failed;
  std::optional<ReportedFatal> fatal;
  std::vector<ReportedSegment> offsets;
  /// Records that were sent again. nullopt: not reported.
  std::optional<std::uint64_t> retried;
  std::optional<ReportedQueue> queue;
  std::optional<RoundTrip> round_trip;
  /// The producer was closed.
  bool ended = false;
  /// Records whose outcome the reporter could not record.
  std::uint64_t dropped = 0;
};

/// Like StatisticsReader, for reports.
class ReportReader {
 public:
  ReportReader();
  ~ReportReader();
  ReportReader(const ReportReader&) = delete;
  ReportReader& operator=(const ReportReader&) = delete;

  tl::expected<ProducerReport, std::string> read(std::string_view document);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kie::producers
