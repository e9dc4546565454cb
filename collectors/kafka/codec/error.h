#pragma once

#include <tl/expected.hpp>

#include <string>

namespace kie::kafka {

/// A question that Kafka or librdkafka answered with an error.
struct Error {
  /// rd_kafka_resp_err_t: Kafka's own codes from -1 on, librdkafka's below.
  int code = 0;
  /// Name and text for the log, such as "_TIMED_OUT: Local: Timed out".
  std::string text;
};

/// librdkafka's _BAD_MSG: an answer that is not written as Kafka writes it.
inline constexpr int kBadMessage = -199;

// Kafka's own.
inline constexpr int kUnknownTopicOrPartition = 3;
inline constexpr int kNotLeaderOrFollower = 6;
/// Also a broker's answer to what its controller did not answer for a minute.
inline constexpr int kRequestTimedOut = 7;
/// The broker's answer to whoever lacks a grant.
inline constexpr int kTopicAuthorizationFailed = 29;
inline constexpr int kClusterAuthorizationFailed = 31;
inline constexpr int kUnsupportedVersion = 35;
inline constexpr int kNotController = 41;
/// The leader has no listener of the name by which the broker that answers was asked.
inline constexpr int kListenerNotFound = 72;
/// The epoch named is older than the broker's, or newer.
inline constexpr int kFencedLeaderEpoch = 74;
inline constexpr int kUnknownLeaderEpoch = 75;

template <class T>
using Result = tl::expected<T, Error>;

}  // namespace kie::kafka
