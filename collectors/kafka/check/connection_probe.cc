#include "collectors/kafka/check/connection_probe.h"

#include "collectors/kafka/check/dial.h"
#include "collectors/kafka/rdkafka.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <string_view>
#include <utility>

namespace kie::kafka {
namespace {

constexpr const char* kName = "kafka-isr-exporter-check";
/// How late a change of state may be noticed.
constexpr std::chrono::milliseconds kSlice{20};

/// A connection that falls before any of these was never there: librdkafka tries the next address.
bool is_connected(std::string_view state) {
  return state != "INIT" && state != "DOWN" && state != "TRY_CONNECT" && state != "CONNECT";
}

}  // namespace

/// Takes down the states of the connection. Thread: any; librdkafka's threads write.
class ConnectionProbe::Watch {
 public:
  explicit Watch(const std::string& server) : port_(parse_target(server).port) {}

  /// Makes a client of this configuration tell its states and errors.
  void attach(rd_kafka_conf_t* conf) {
    std::array<char, 256> text{};
    // A server that hangs up is what is looked for here.
    rd_kafka_conf_set(conf, "log.connection.close", "true", text.data(), text.size());
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_ERROR);
    rd_kafka_conf_interceptor_add_on_new(conf, kName, on_new, this);
  }

  std::vector<std::string> states() const {
    const std::scoped_lock lock{mutex_};
    return states_;
  }

  bool ended() const {
    const std::scoped_lock lock{mutex_};
    return ended_;
  }

 private:
  static rd_kafka_resp_err_t on_new(rd_kafka_t* handle, const rd_kafka_conf_t* /*conf*/,
                                    void* opaque, char* /*error*/, std::size_t /*error_size*/) {
    return rd_kafka_interceptor_add_on_broker_state_change(handle, kName, on_state, opaque);
  }

  static rd_kafka_resp_err_t on_state(rd_kafka_t* /*handle*/, std::int32_t broker,
                                      const char* /*protocol*/, const char* /*host*/, int port,
                                      const char* state, void* opaque) noexcept {
    auto* self = static_cast<Watch*>(opaque);
    // Only the server itself: librdkafka has a broker of its own, and learns more from Metadata.
    if (broker != -1 || std::to_string(port) != self->port_) return RD_KAFKA_RESP_ERR_NO_ERROR;
    try {
      self->take(state);
    } catch (...) {  // NOLINT(bugprone-empty-catch): C is above us; a state is missed
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  void take(std::string_view state) {
    const std::scoped_lock lock{mutex_};
    if (ended_) return;
    const bool was_connected = !states_.empty() && is_connected(states_.back());
    if (state == "DOWN" && was_connected) {
      ended_ = true;
      return;
    }
    states_.emplace_back(state);
    ended_ = state == "UP";
  }

  std::string port_;
  mutable std::mutex mutex_;
  std::vector<std::string> states_;
  bool ended_ = false;
};

ConnectionProbe::ConnectionProbe(std::unique_ptr<Watch> watch, Client client)
    : watch_(std::move(watch)), client_(std::move(client)) {}
ConnectionProbe::ConnectionProbe(ConnectionProbe&&) noexcept = default;
ConnectionProbe::~ConnectionProbe() = default;

Result<ConnectionProbe> ConnectionProbe::start(config::Cluster cluster, const std::string& server) {
  cluster.servers = {server};
  auto watch = std::make_unique<Watch>(server);
  auto client = Client::create(
      cluster, [](auto, auto, auto) {}, [&](rd_kafka_conf_t* conf) { watch->attach(conf); });
  if (!client) return tl::make_unexpected(client.error());
  // librdkafka connects when there is something to ask. The answer goes with the queue.
  const QueuePtr queue{rd_kafka_queue_new(client->handle())};
  rd_kafka_DescribeCluster(client->handle(), nullptr, queue.get());
  return ConnectionProbe{std::move(watch), std::move(*client)};
}

ConnectionAttempt ConnectionProbe::wait(Clock::time_point deadline) {
  const QueuePtr queue{rd_kafka_queue_get_main(client_.handle())};
  std::optional<Error> last;
  const auto take_events = [&](std::chrono::milliseconds slice) {
    while (
        const EventPtr event{rd_kafka_queue_poll(queue.get(), static_cast<int>(slice.count()))}) {
      slice = std::chrono::milliseconds{0};
      if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) continue;
      const auto code = rd_kafka_event_error(event.get());
      // It follows every other error.
      if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) continue;
      last = make_error(code, rd_kafka_event_error_string(event.get()));
    }
  };
  while (!watch_->ended() && Clock::now() < deadline) take_events(kSlice);
  // The error is told before the state.
  take_events(std::chrono::milliseconds{0});
  ConnectionAttempt attempt{watch_->states(), std::nullopt};
  // An error of an address that did not connect is not that of the next one, which is silent.
  const bool is_silent =
      !watch_->ended() && !attempt.states.empty() && is_connected(attempt.states.back());
  if (!attempt.is_up() && !is_silent) attempt.error = std::move(last);
  return attempt;
}

}  // namespace kie::kafka
