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
  /// It was given.
  kOn,
  kOff,
  /// The client's default, or what a transactional.id brings with it.
  kOnByDefault,
  kOffByDefault,
  /// It is the client's default, and another setting switches it off without a word.
  kSwitchedOff,
};

/// What a client makes of the settings that it is given.
struct Effective {
  /// "all", "1", "0", or a number that librdkafka passes on.
  std::string acks;
  Idempotence idempotence{};
  /// Which setting switches it off.
  std::string switched_off_by;
  std::int64_t in_flight = 0;
  std::int64_t retries = 0;
  /// nullopt: unlimited.
  std::optional<milliseconds> delivery_timeout;
  /// All backoffs before the last retry; the longest that can be counted where they have no end.
  milliseconds retry_time{};
  /// One that it takes with the other settings: the default, or what they ask for.
  std::vector<Wanted> safe_delivery_timeout;
  /// Why it does not start: a sentence each, with the keys of the settings. Empty: it starts.
  struct Refusal {
    std::string key;
    std::string text;
    /// With these it starts.
    std::vector<Wanted> wanted;
  };
  std::vector<Refusal> refusals;
  /// Settings whose value the client may read and we do not; its default stands in for them.
  std::vector<std::string> unreadable;

  bool is_idempotent() const {
    return idempotence == Idempotence::kOn || idempotence == Idempotence::kOnByDefault;
  }
  /// Somebody counts on it, whatever became of that.
  bool wants_idempotence() const {
    return is_idempotent() || idempotence == Idempotence::kSwitchedOff;
  }
};

/// Source: ProducerConfig and KafkaProducer of the Java client from 2.0 to 4.3; rd_kafka_conf of
/// librdkafka from 1.0 to 2.16.
Effective effective(const Given& given, const ClientRelease& client);

/// Whether a rule depends on the setting's value. Of a transactional.id it is enough that there is
/// one.
bool is_value_judged(std::string_view key);

/// The rules that one producer's settings can be held against. Findings have no name.
std::vector<Finding> evaluate(const Given& given, const ClientRelease& client,
                              const Thresholds& thresholds);

}  // namespace kie::risk
