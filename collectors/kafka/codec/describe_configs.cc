#include "collectors/kafka/codec/describe_configs.h"

#include "collectors/kafka/codec/coding.h"

namespace kie::kafka::codec {

template <>
struct Fields<DescribeConfigsRequest::Resource> {
  static constexpr void of(auto& wire, auto& resource) {
    wire(resource.type, resource.name, resource.keys);
  }
};

template <>
struct Fields<DescribeConfigsRequest> {
  static constexpr void of(auto& wire, auto& request) {
    wire(request.resources, request.include_synonyms, request.include_documentation);
  }
};

template <>
struct Fields<DescribeConfigsResponse::Synonym> {
  static constexpr void of(auto& wire, auto& synonym) {
    wire(synonym.name, synonym.value, synonym.source);
  }
};

template <>
struct Fields<DescribeConfigsResponse::Config> {
  static constexpr void of(auto& wire, auto& config) {
    wire(config.name, config.value, config.is_read_only, config.source, config.is_sensitive,
         config.synonyms, config.type, config.documentation);
  }
};

template <>
struct Fields<DescribeConfigsResponse::Resource> {
  static constexpr void of(auto& wire, auto& resource) {
    wire(resource.error, resource.error_message, resource.type, resource.name, resource.configs);
  }
};

template <>
struct Fields<DescribeConfigsResponse> {
  static constexpr void of(auto& wire, auto& response) {
    wire(response.throttle_time, response.resources);
  }
};

template std::string encode(const DescribeConfigsRequest&, std::int16_t);
template std::string encode(const DescribeConfigsResponse&, std::int16_t);
template Result<DescribeConfigsRequest> decode(std::string_view, std::int16_t);
template Result<DescribeConfigsResponse> decode(std::string_view, std::int16_t);

}  // namespace kie::kafka::codec
