#pragma once

#include "collectors/kafka/codec/codec.h"
#include "collectors/kafka/codec/wire.h"

/// Defines what codec.h declares, for the sources with the fields of messages: each instantiates it
/// for its own messages, so that other sources need not compile it.
namespace kie::kafka::codec {

template <class Message>
std::string encode(const Message& message, std::int16_t version) {
  const bool flexible = is_flexible(Message::kApi, version);
  Sizer sizer{version, flexible};
  sizer(message);
  WireWriter writer{version, flexible};
  writer.sink().out.reserve(sizer.sink().size);
  writer(message);
  return std::move(writer.sink().out);
}

inline Error bad_message(const ApiSpec& api, std::int16_t version, const std::string& what) {
  return {kBadMessage, std::string{api.name} + " v" + std::to_string(version) + ": " + what};
}

template <class Message>
Result<Message> decode(std::string_view bytes, std::int16_t version) {
  const auto& api = Message::kApi;
  if (!is_known(api, version))
    return tl::unexpected{bad_message(api, version, "this version is not known")};
  Result<Message> message;
  WireReader reader{bytes, version, is_flexible(api, version)};
  reader(*message);
  if (const auto problem = reader.problem())
    return tl::unexpected{bad_message(api, version, *problem)};
  return message;
}

}  // namespace kie::kafka::codec
