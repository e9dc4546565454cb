#pragma once

#include "collectors/risk/client.h"
#include "collectors/risk/finding.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::risk {

/// Why a producer is idempotent or not.
enum class Idempotence : std::uint8_t {
  /// Set explicitly.
  kOn,
  kOff,
  /// The client's default, or set by a transactional.id.
  kOnByDefault,
  kOffByDefault,
  /// The client's default, and silently switched off by another setting.
  kSwitchedOff,
};

/// The effective settings of a client.
struct Effective {
  /// "all", "1", "0", or a number that librdkafka passes on.
  std::string acks;
  Idempotence idempotence{};
  /// The setting that switches it off.
  std::string switched_off_by;
  std::int64_t in_flight = 0;
  std::int64_t retries = 0;
  /// nullopt: unlimited.
  std::optional<milliseconds> delivery_timeout;
  /// The sum of all backoffs before the last retry; the maximum value if retries are unlimited.
  milliseconds retry_time{};
  /// A value that is valid with the other settings: the default, or what they require.
  std::vector<Wanted> safe_delivery_timeout;
  /// Why it does not start, with the keys of the settings. Empty: it starts.
  struct Refusal {
    std::string key;
    std::string text;
    /// It starts with these.
    std::vector<Wanted> wanted;
  };
  std::vector<Refusal> refusals;
  /// Settings whose value the exporter cannot read but the client may; the default is assumed.
  std::vector<std::string> unreadable;

  bool is_idempotent() const {
    return idempotence == Idempotence::kOn || idempotence == Idempotence::kOnByDefault;
  }
  /// Idempotence is wanted, in effect or not.
  bool wants_idempotence() const {
    return is_idempotent() || idempotence == Idempotence::kSwitchedOff;
  }
};

/// Source: ProducerConfig and KafkaProducer of the Java client from 2.0 to 4.3; rd_kafka_conf of
/// librdkafka from 1.0 to 2.16.
Effective effective(const Given& given, const ClientRelease& client);

/// Whether a rule depends on the setting's value. A transactional.id only matters by its presence.
bool is_value_judged(std::string_view key);

/// Applies the rules for one producer's settings. Findings have no name.
std::vector<Finding> evaluate(const Given& given, const ClientRelease& client,
                              const Thresholds& thresholds);

}  // namespace kie::risk
