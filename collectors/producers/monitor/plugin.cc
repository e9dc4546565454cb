#include "collectors/producers/monitor/client_library.h"
#include "collectors/producers/monitor/monitor.h"
#include "collectors/producers/monitor/producer.h"

#include <cstring>
#include <exception>
#include <memory>
#include <string>

/// What librdkafka calls: conf_init() where the program sets plugin.library.paths, and the
/// interceptors that it adds. Each returns success whatever happens, since anything else would be
/// the program's error.
namespace kie::monitor {
namespace {

constexpr const char* kName = "kafka-isr-monitor";
/// Before 2.13.0 a program that destroys its configuration after rd_kafka_new() has failed frees
/// interceptors twice.
constexpr int kSafeVersion = 0x020d0000;

/// What belongs to one rd_kafka_conf_t, which librdkafka destroys after the last thread of the
/// client that was created with it.
struct Configuration {
  ClientLibrary library;
  std::shared_ptr<Producer> producer;
  /// Of the process that created `producer`.
  std::uint32_t generation = 0;
};

/// nullptr: the producer is the parent process's.
Producer* producer_of(void* opaque) noexcept {
  const auto& configuration = *static_cast<Configuration*>(opaque);
  const bool is_ours = configuration.generation == Monitor::instance().generation();
  return is_ours ? configuration.producer.get() : nullptr;
}

rd_kafka_resp_err_t on_acknowledgement(rd_kafka_t*, rd_kafka_message_t* message,
                                       void* opaque) noexcept {
  if (auto* producer = producer_of(opaque);
      producer != nullptr && producer->on_acknowledgement(*message))
    Monitor::instance().wake();
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_response_received(rd_kafka_t*, int, const char*, int32_t, int16_t api_key,
                                         int16_t, int32_t, size_t, int64_t round_trip_us,
                                         rd_kafka_resp_err_t error, void* opaque) noexcept {
  auto* const producer = producer_of(opaque);
  if (producer != nullptr && error == RD_KAFKA_RESP_ERR_NO_ERROR)
    producer->on_response(api_key, round_trip_us);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_broker_state_change(rd_kafka_t*, int32_t broker, const char*, const char*,
                                           int, const char* state, void* opaque) noexcept {
  auto* const producer = producer_of(opaque);
  if (producer != nullptr && std::strcmp(state, "DOWN") == 0) producer->on_connection_lost(broker);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_destroy(rd_kafka_t*, void* opaque) noexcept {
  if (auto* producer = producer_of(opaque)) producer->on_destroy();
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_conf_destroy(void* opaque) noexcept {
  const std::unique_ptr<Configuration> configuration{static_cast<Configuration*>(opaque)};
  if (auto* producer = producer_of(opaque)) {
    producer->on_end();
    Monitor::instance().wake();
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t on_new(rd_kafka_t* client, const rd_kafka_conf_t* conf, void* opaque, char*,
                           size_t) noexcept try {
  auto& configuration = *static_cast<Configuration*>(opaque);
  const auto& library = configuration.library;
  if (library.type(client) != RD_KAFKA_PRODUCER) return RD_KAFKA_RESP_ERR_NO_ERROR;
  auto& monitor = Monitor::instance();
  // rd_kafka_new() failed with this configuration, and is tried again.
  if (auto* before = producer_of(opaque)) before->on_end();
  auto producer = std::make_shared<Producer>(library, client, conf);
  if (!monitor.add(producer)) {
    monitor.log("not attached to \"" + producer->client_id() +
                "\": the process has too many producers, or can start no thread");
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }
  configuration.producer = std::move(producer);
  configuration.generation = monitor.generation();
  library.add_on_acknowledgement(client, kName, on_acknowledgement, opaque);
  library.add_on_response_received(client, kName, on_response_received, opaque);
  library.add_on_destroy(client, kName, on_destroy, opaque);
  if (library.add_on_broker_state_change != nullptr)
    library.add_on_broker_state_change(client, kName, on_broker_state_change, opaque);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
} catch (const std::exception&) {  // no memory
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

void attach(rd_kafka_conf_t* conf, const void* caller) {
  auto& monitor = Monitor::instance();
  const auto& options = monitor.options();
  std::string why_not = options.problem;
  const auto library = find_client_library(caller, why_not);
  if (!library || !options.problem.empty()) return monitor.log("not attached: " + why_not);
  if (library->version() < kSafeVersion && !options.is_forced)
    return monitor.log(std::string("not attached: librdkafka ") + library->version_str() +
                       " crashes with any interceptor where rd_kafka_new() fails; "
                       "KAFKA_ISR_MONITOR_FORCE=1 attaches nevertheless");

  auto configuration = std::make_unique<Configuration>(*library);
  // _CONFLICT: this configuration has it already.
  if (library->add_on_conf_destroy(conf, kName, on_conf_destroy, configuration.get()) != 0) return;
  library->add_on_new(conf, kName, on_new, configuration.release());
}

/// After the destructors of the program's own objects, so that what they destroy has ended.
[[gnu::destructor]] void at_exit() { Monitor::instance().finish(); }

}  // namespace
}  // namespace kie::monitor

extern "C" [[gnu::visibility("default")]] rd_kafka_resp_err_t conf_init(rd_kafka_conf_t* conf,
                                                                        void** /*opaque*/,
                                                                        char* /*error*/,
                                                                        size_t /*error_size*/) {
  const void* const caller = __builtin_return_address(0);
  try {
    kie::monitor::attach(conf, caller);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): no memory; the program goes on
  }
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}
