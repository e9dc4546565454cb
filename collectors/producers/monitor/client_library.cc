#include "collectors/producers/monitor/client_library.h"

#include <dlfcn.h>

namespace kie::monitor {
namespace {

/// The object that has the code at `address`; it is loaded already.
void* loaded_object(const void* address) {
  Dl_info info{};
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return nullptr;
  if (void* library = dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD)) return library;
  return dlopen(nullptr, RTLD_LAZY);  // the program itself
}

template <typename Function>
bool find(void* object, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(object, name));
  return function != nullptr;
}

}  // namespace

std::optional<ClientLibrary> find_client_library(const void* address, std::string& why_not) {
  void* const object = loaded_object(address);
  ClientLibrary library;
  if (object == nullptr || !find(object, "rd_kafka_version", library.version)) {
    why_not = "the program's librdkafka exports no symbols (is it linked statically?)";
    return std::nullopt;
  }
  const bool complete =
      find(object, "rd_kafka_version_str", library.version_str) &&
      find(object, "rd_kafka_conf_get", library.conf_get) &&
      find(object, "rd_kafka_conf_interceptor_add_on_conf_destroy", library.add_on_conf_destroy) &&
      find(object, "rd_kafka_conf_interceptor_add_on_new", library.add_on_new) &&
      find(object, "rd_kafka_interceptor_add_on_destroy", library.add_on_destroy) &&
      find(object, "rd_kafka_interceptor_add_on_acknowledgement", library.add_on_acknowledgement) &&
      find(object, "rd_kafka_interceptor_add_on_response_received",
           library.add_on_response_received) &&
      find(object, "rd_kafka_type", library.type) && find(object, "rd_kafka_name", library.name) &&
      find(object, "rd_kafka_clusterid", library.clusterid) &&
      find(object, "rd_kafka_fatal_error", library.fatal_error) &&
      find(object, "rd_kafka_mem_free", library.mem_free) &&
      find(object, "rd_kafka_err2name", library.err2name) &&
      find(object, "rd_kafka_topic_name", library.topic_name) &&
      find(object, "rd_kafka_message_status", library.message_status) &&
      find(object, "rd_kafka_message_broker_id", library.message_broker_id);
  if (!complete) {
    why_not = "librdkafka before 1.6.1";
    return std::nullopt;
  }
  find(object, "rd_kafka_interceptor_add_on_broker_state_change",
       library.add_on_broker_state_change);
  return library;
}

}  // namespace kie::monitor
