#pragma once

#include <tl/expected.hpp>

#include <string>

namespace kie::kafka {

/// A question that Kafka or librdkafka answered with an error.
struct Error {
  /// rd_kafka_resp_err_t: Kafka's own codes from 0 on, librdkafka's below 0.
  int code = 0;
  /// Name and text for the log, such as "_TIMED_OUT: Local: Timed out".
  std::string text;
};

/// The broker's answer to whoever lacks a grant.
inline constexpr int kTopicAuthorizationFailed = 29;
inline constexpr int kClusterAuthorizationFailed = 31;

template <class T>
using Result = tl::expected<T, Error>;

}  // namespace kie::kafka
