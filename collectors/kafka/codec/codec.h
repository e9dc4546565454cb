#pragma once

#include "collectors/kafka/codec/error.h"

#include <cstdint>
#include <string>
#include <string_view>

/// Kafka's wire format for the requests that the exporter sends. A message is the body of a request
/// or of its response, without the header and with the tagged fields at its end. Its values are as
/// Kafka sends them: -1 where Kafka says so, error codes as numbers, and nothing made of them.
///
/// Texts in a message are views. Those of a decoded message point into its bytes, those of one to
/// be encoded into whatever it was made from: a message lives no longer than they do.
///
/// Every field has a default, so that a message can be written by the names of those that matter.
/// Fields that a version does not have keep it when the message is decoded, and are left out when
/// it is encoded.
///
/// Source: kafka.apache.org/protocol and Kafka's message descriptions; flexible versions: KIP-482.
namespace kie::kafka::codec {

/// A kind of request, and the versions of it that are known here.
struct ApiSpec {
  std::int16_t key;
  std::int16_t oldest;
  std::int16_t newest;
  /// From here on texts and arrays are compact, and each structure ends with tagged fields.
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

/// Reads all of `bytes`, whatever they are. What was decoded takes at most 16 times their size
/// (kMostAmplification), of Metadata about 5 times, beside what the allocator adds to each array.
/// Errors: kBadMessage, with the name of the request and what is wrong with the bytes.
template <class Message>
Result<Message> decode(std::string_view bytes, std::int16_t version);

/// The message would point into bytes that are gone.
template <class Message>
Result<Message> decode(std::string&& bytes, std::int16_t version) = delete;

}  // namespace kie::kafka::codec
