#pragma once

#include "collectors/kafka/codec/error.h"

#include <librdkafka/rdkafka.h>

#include <memory>
#include <string>
#include <string_view>

/// Ownership of librdkafka's objects. Included by the sources of this folder only.
namespace kie::kafka {

template <auto Destroy>
struct Deleter {
  template <class T>
  void operator()(T* object) const noexcept {
    Destroy(object);
  }
};

using ConfPtr = std::unique_ptr<rd_kafka_conf_t, Deleter<rd_kafka_conf_destroy>>;
using QueuePtr = std::unique_ptr<rd_kafka_queue_t, Deleter<rd_kafka_queue_destroy>>;
using ErrorPtr = std::unique_ptr<rd_kafka_error_t, Deleter<rd_kafka_error_destroy>>;
using EventPtr = std::unique_ptr<rd_kafka_event_t, Deleter<rd_kafka_event_destroy>>;

struct StringDeleter {
  void operator()(char* text) const noexcept { rd_kafka_mem_free(nullptr, text); }
};
using StringPtr = std::unique_ptr<char, StringDeleter>;

inline Error make_error(rd_kafka_resp_err_t code, std::string_view detail = {}) {
  std::string text = rd_kafka_err2name(code);
  text += ": ";
  text += detail.empty() ? std::string_view{rd_kafka_err2str(code)} : detail;
  return {static_cast<int>(code), std::move(text)};
}

/// By the code that is in an answer: librdkafka's enum has Kafka's codes.
inline Error error_of(int code) { return make_error(static_cast<rd_kafka_resp_err_t>(code)); }

}  // namespace kie::kafka
