#pragma once

#include <tl/expected.hpp>

#include <string>

namespace kie::kafka {

/// An error of a request, from Kafka or librdkafka.
struct Error {
  /// rd_kafka_resp_err_t: Kafka's own codes from -1 on, librdkafka's below.
  int code = 0;
  /// Name and text for the log, such as "_TIMED_OUT: Local: Timed out".
  std::string text;
};

/// librdkafka's _BAD_MSG: an answer that cannot be decoded.
inline constexpr int kBadMessage = -199;

// Kafka's own.
inline constexpr int kUnknownTopicOrPartition = 3;
inline constexpr int kNotLeaderOrFollower = 6;
/// Also a broker's answer if its controller did not answer for a minute.
inline constexpr int kRequestTimedOut = 7;
/// The broker's answer to a client without the grant.
inline constexpr int kTopicAuthorizationFailed = 29;
inline constexpr int kClusterAuthorizationFailed = 31;
inline constexpr int kUnsupportedVersion = 35;
inline constexpr int kNotController = 41;
/// The leader has no listener with the name of the one that was used for the request.
inline constexpr int kListenerNotFound = 72;
/// The epoch in the request is older than the broker's, or newer.
inline constexpr int kFencedLeaderEpoch = 74;
inline constexpr int kUnknownLeaderEpoch = 75;

template <class T>
using Result = tl::expected<T, Error>;

}  // namespace kie::kafka
