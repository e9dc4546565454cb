#pragma once

#include "collectors/kafka/rdkafka.h"

namespace kie::kafka {

/// The error of a whole answer; its parts have their own.
inline Result<void> check_event(rd_kafka_event_t* event) {
  const auto error = rd_kafka_event_error(event);
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  const char* text = rd_kafka_event_error_string(event);
  return tl::make_unexpected(make_error(error, text == nullptr ? "" : text));
}

}  // namespace kie::kafka
