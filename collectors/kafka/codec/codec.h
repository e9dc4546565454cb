#pragma once

#include "collectors/kafka/codec/error.h"

#include <cstdint>
#include <string>
#include <string_view>

/// Kafka's wire format for the requests that the exporter sends. A message is the body of a request
/// or of its response, without the header and with the tagged fields at its end. Its values are as
/// Kafka sends them, including -1 and error codes as numbers.
///
/// Texts in a message are views. Those of a decoded message point into its bytes, those of one to
/// be encoded into its source: a message must not outlive these.
///
/// Every field has a default, so that a message can be built with designated initializers. Fields
/// that a version does not have keep the default when the message is decoded, and are left out
/// when it is encoded.
///
/// Source: kafka.apache.org/protocol and Kafka's message descriptions; flexible versions: KIP-482.
namespace kie::kafka::codec {

/// A kind of request, and its supported versions.
struct ApiSpec {
  std::int16_t key;
  std::int16_t oldest;
  std::int16_t newest;
  /// From this version on texts and arrays are compact, and each structure ends with tagged fields.
  std::int16_t first_flexible;
  std::string_view name;
};

constexpr bool is_flexible(const ApiSpec& api, std::int16_t version) {
  return version >= api.first_flexible;
}

constexpr bool is_known(const ApiSpec& api, std::int16_t version) {
  return api.oldest <= version && version <= api.newest;
}

/// `version` is one that Message::kApi knows.
template <class Message>
std::string encode(const Message& message, std::int16_t version);

/// Decodes `bytes`, which may be anything. The result takes at most 16 times their size
/// (kMostAmplification), Metadata about 5 times, without the allocator's overhead of each array.
/// Errors: kBadMessage, with the name of the request and the error in the bytes.
template <class Message>
Result<Message> decode(std::string_view bytes, std::int16_t version);

/// Deleted: the message would refer to destroyed bytes.
template <class Message>
Result<Message> decode(std::string&& bytes, std::int16_t version) = delete;

}  // namespace kie::kafka::codec
