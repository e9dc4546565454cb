#pragma once

#include "collectors/kafka/codec/codec.h"

#include <optional>
#include <vector>

namespace kie::kafka::codec {

/// The requests and versions that a broker supports. All brokers support version 0.
inline constexpr ApiSpec kApiVersions{18, 0, 0, 3, "ApiVersions"};

struct ApiVersionsRequest {
  static constexpr const ApiSpec& kApi = kApiVersions;

  bool operator==(const ApiVersionsRequest&) const = default;
};

struct ApiVersionsResponse {
  static constexpr const ApiSpec& kApi = kApiVersions;

  struct Range {
    std::int16_t key = -1;
    std::int16_t oldest = 0;
    std::int16_t newest = 0;

    bool operator==(const Range&) const = default;
  };

  /// kUnsupportedVersion: the broker does not support the version of the request. It then answers
  /// with version 0, with its versions of ApiVersions (KIP-511).
  std::int16_t error = 0;
  std::vector<Range> ranges{};

  bool operator==(const ApiVersionsResponse&) const = default;
};

/// The newest version that both support; nullopt: there is none.
std::optional<std::int16_t> choose_version(const ApiSpec& api, const ApiVersionsResponse& broker);

}  // namespace kie::kafka::codec
