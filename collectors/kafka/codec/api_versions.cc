#include "collectors/kafka/codec/api_versions.h"

#include "collectors/kafka/codec/coding.h"

#include <algorithm>

namespace kie::kafka::codec {

template <>
struct Fields<ApiVersionsRequest> {
  static constexpr void of(auto&, auto&) {}
};

template <>
struct Fields<ApiVersionsResponse::Range> {
  static constexpr void of(auto& wire, auto& range) { wire(range.key, range.oldest, range.newest); }
};

template <>
struct Fields<ApiVersionsResponse> {
  static constexpr void of(auto& wire, auto& response) { wire(response.error, response.ranges); }
};

template std::string encode(const ApiVersionsRequest&, std::int16_t);
template std::string encode(const ApiVersionsResponse&, std::int16_t);
template Result<ApiVersionsRequest> decode(std::string_view, std::int16_t);
template Result<ApiVersionsResponse> decode(std::string_view, std::int16_t);

std::optional<std::int16_t> choose_version(const ApiSpec& api, const ApiVersionsResponse& broker) {
  const auto range = std::ranges::find(broker.ranges, api.key, &ApiVersionsResponse::Range::key);
  if (range == broker.ranges.end()) return std::nullopt;
  const auto newest = std::min(api.newest, range->newest);
  if (newest < api.oldest || newest < range->oldest) return std::nullopt;
  return newest;
}

}  // namespace kie::kafka::codec
