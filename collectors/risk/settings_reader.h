#pragma once

#include "collectors/risk/producer.h"

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kie::risk {

inline constexpr std::int64_t kUnlimited = std::numeric_limits<std::int32_t>::max();
inline constexpr std::int64_t kMostLong = std::numeric_limits<std::int64_t>::max();

/// A property and its aliases in librdkafka. librdkafka uses the last of them in its own order; a
/// file that sets two is assumed to mean one value.
using Names = std::span<const std::string_view>;

inline constexpr std::array<std::string_view, 2> kAcks{"acks", "request.required.acks"};
inline constexpr std::array<std::string_view, 2> kInFlight{"max.in.flight.requests.per.connection",
                                                           "max.in.flight"};
inline constexpr std::array<std::string_view, 2> kRetries{"retries", "message.send.max.retries"};
inline constexpr std::array<std::string_view, 2> kDeliveryTimeout{"delivery.timeout.ms",
                                                                  "message.timeout.ms"};
inline constexpr std::array<std::string_view, 2> kLinger{"linger.ms", "queue.buffering.max.ms"};
inline constexpr std::array<std::string_view, 1> kIdempotence{"enable.idempotence"};
inline constexpr std::array<std::string_view, 1> kTransactionalId{"transactional.id"};
inline constexpr std::array<std::string_view, 1> kTransactionTimeout{"transaction.timeout.ms"};
inline constexpr std::array<std::string_view, 1> kRequestTimeout{"request.timeout.ms"};
inline constexpr std::array<std::string_view, 1> kSocketTimeout{"socket.timeout.ms"};
inline constexpr std::array<std::string_view, 1> kBackoff{"retry.backoff.ms"};
inline constexpr std::array<std::string_view, 1> kMostBackoff{"retry.backoff.max.ms"};
inline constexpr std::array<std::string_view, 1> kGapless{"enable.gapless.guarantee"};

/// The values that the client accepts; it refuses all others.
struct Range {
  std::int64_t least;
  std::int64_t most;
};

/// The settings of one producer, read as its client reads them. References outlive it.
class SettingsReader {
 public:
  /// Adds to `out` what the client refuses or cannot be read.
  SettingsReader(const Given& given, const ClientRelease& client, Effective& out)
      : given_(given), client_(client), out_(out) {}

  bool has(Names names) const { return find(names) != nullptr; }
  /// The name under which it is set, or the client's preferred one.
  std::string_view name(Names names) const;

  /// `otherwise`: the client's default, also used if the value is refused or cannot be read.
  std::int64_t number(Names names, std::int64_t otherwise, Range range);
  std::optional<bool> flag(Names names);
  /// "all", "0", "1", or another number that librdkafka passes on.
  std::string acks(const std::string& otherwise);
  /// With an empty id librdkafka is not transactional, and Java does not start.
  bool is_transactional() const;

  void refuse(Names names, std::string_view needs, std::vector<Wanted> wanted);
  void refuse(Names names, std::string_view needs, std::string wanted);

 private:
  /// Under the first of its names; Java has only one.
  const std::string* find(Names names) const;
  /// Only Java trims whitespace.
  std::string_view plain(std::string_view text) const;
  std::int64_t refused(Names names, std::int64_t otherwise, Range range);
  std::int64_t unreadable(Names names, std::int64_t otherwise);

  const Given& given_;
  const ClientRelease& client_;
  Effective& out_;
};

}  // namespace kie::risk
