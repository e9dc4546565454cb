#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace kie::producers {

/// Round-trip times of requests in the last interval, of the slowest broker. Unit: seconds. A
/// quantile above half a second, where librdkafka's histogram ends, is the maximum.
struct RoundTrip {
  double median = 0;
  double p99 = 0;
  double longest = 0;
};

/// Raises each value of `slowest` to at least that of `other`.
void take_slower(std::optional<RoundTrip>& slowest, const RoundTrip& other);

/// States of librdkafka's idempotent producer (`eos`).
struct IdempotenceState {
  std::string state;
  std::string transaction_state;
  /// -1: none yet.
  std::int64_t producer_id = -1;
  std::int64_t producer_epoch = -1;
};

struct Fatal {
  /// rd_kafka_err2str(): statistics have only the description of the error.
  std::string description;
  std::string reason;
};

/// One document of librdkafka's statistics, as far as it is used. Counters begin at 0 with the
/// client. Acknowledged records are not counted: `acked_msgid` grows over records that failed.
/// Source: the JSON that librdkafka passes to stats_cb (STATISTICS.md); `fatal` is not documented.
struct Statistics {
  /// "CLIENT_ID#producer-1": the client's own name, unique in its process.
  std::string name;
  std::string client_id;
  /// When the document was made. Unit: microseconds of its host's monotonic clock.
  std::int64_t ts = 0;
  /// Since the client was created; nullopt before librdkafka 1.7.0. Unit: microseconds.
  std::optional<std::int64_t> age;
  /// The queue and its limits.
  std::uint64_t messages = 0, messages_limit = 0, bytes = 0, bytes_limit = 0;
  /// Bytes sent to brokers.
  std::uint64_t transmitted_bytes = 0;
  std::uint64_t socket_send_errors = 0, request_timeouts = 0;
  /// nullopt: nothing was answered in the interval.
  std::optional<RoundTrip> round_trip;
  /// nullopt: not idempotent.
  std::optional<IdempotenceState> idempotence;
  std::optional<Fatal> fatal;
};

/// Reads documents one after the other; reuses its memory. Thread: one at a time.
class StatisticsReader {
 public:
  StatisticsReader();
  ~StatisticsReader();
  StatisticsReader(const StatisticsReader&) = delete;
  StatisticsReader& operator=(const StatisticsReader&) = delete;

  /// Bytes that must be allocated after every document.
  static std::size_t padding();

  /// The error names the key, and contains no value.
  tl::expected<Statistics, std::string> read(std::string_view document);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kie::producers
