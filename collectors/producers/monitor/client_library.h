#pragma once

#include <librdkafka/rdkafka.h>

#include <optional>
#include <string>

namespace kie::monitor {

/// The functions of the librdkafka that loaded the plugin. The plugin does not link one: a Python
/// wheel brings its own, whose symbols are in no global scope, and its release is any.
struct ClientLibrary {
  decltype(&rd_kafka_version) version = nullptr;
  decltype(&rd_kafka_version_str) version_str = nullptr;
  decltype(&rd_kafka_conf_get) conf_get = nullptr;
  decltype(&rd_kafka_conf_interceptor_add_on_conf_destroy) add_on_conf_destroy = nullptr;
  decltype(&rd_kafka_conf_interceptor_add_on_new) add_on_new = nullptr;
  decltype(&rd_kafka_interceptor_add_on_destroy) add_on_destroy = nullptr;
  decltype(&rd_kafka_interceptor_add_on_acknowledgement) add_on_acknowledgement = nullptr;
  decltype(&rd_kafka_interceptor_add_on_response_received) add_on_response_received = nullptr;
  decltype(&rd_kafka_type) type = nullptr;
  decltype(&rd_kafka_name) name = nullptr;
  decltype(&rd_kafka_clusterid) clusterid = nullptr;
  decltype(&rd_kafka_fatal_error) fatal_error = nullptr;
  decltype(&rd_kafka_mem_free) mem_free = nullptr;
  decltype(&rd_kafka_err2name) err2name = nullptr;
  decltype(&rd_kafka_topic_name) topic_name = nullptr;
  decltype(&rd_kafka_message_status) message_status = nullptr;
  decltype(&rd_kafka_message_broker_id) message_broker_id = nullptr;
  /// nullptr before 2.0.0.
  decltype(&rd_kafka_interceptor_add_on_broker_state_change) add_on_broker_state_change = nullptr;
};

/// The librdkafka that has the code at `address`. nullopt and `why_not`: it exports no symbols, as
/// in a program that links it statically, or it is too old.
std::optional<ClientLibrary> find_client_library(const void* address, std::string& why_not);

}  // namespace kie::monitor
