#include "collectors/kafka/check/connection_probe.h"

#include "collectors/kafka/check/dial.h"
#include "collectors/kafka/codec/api_versions.h"
#include "collectors/kafka/codec/metadata.h"
#include "collectors/kafka/rdkafka.h"
#include "collectors/kafka/request_batch.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

namespace kie::kafka {
namespace {

using std::chrono::milliseconds;

constexpr const char* kName = "kafka-isr-exporter-check";
/// The longest delay until a change of state is noticed.
constexpr milliseconds kSlice{20};
/// A request that brokers send to controllers: brokers themselves do not know it.
constexpr std::int16_t kBrokerRegistration = 62;

/// Before any of these states there is no connection: librdkafka tries the next address.
bool is_connected(std::string_view state) {
  return state != "INIT" && state != "DOWN" && state != "TRY_CONNECT" && state != "CONNECT";
}

Peer peer_of(const codec::ApiVersionsResponse& answer) {
  const auto knows = [&](std::int16_t key) {
    return std::ranges::find(answer.ranges, key, &codec::ApiVersionsResponse::Range::key) !=
           answer.ranges.end();
  };
  if (knows(codec::kMetadata.key)) return Peer::kBroker;
  return knows(kBrokerRegistration) ? Peer::kController : Peer::kUnknown;
}

}  // namespace

/// Records the states of the connection, and the problem of the certificate.
/// Thread: any; librdkafka's threads write.
class ConnectionProbe::Watch {
 public:
  explicit Watch(const std::string& server) : port_(parse_target(server).port) {}

  /// Makes a client of this configuration report its states and errors only to this watch.
  void attach(rd_kafka_conf_t* conf) {
    std::array<char, 256> text{};
    // Closed connections are a result here.
    rd_kafka_conf_set(conf, "log.connection.close", "true", text.data(), text.size());
    rd_kafka_conf_set_events(conf, RD_KAFKA_EVENT_ERROR);
    rd_kafka_conf_interceptor_add_on_new(conf, kName, on_new, this);
    // The opaque is now the watch, not the log.
    rd_kafka_conf_set_opaque(conf, this);
    rd_kafka_conf_set_log_cb(conf, [](auto, auto, auto, auto) {});
    rd_kafka_conf_set_ssl_cert_verify_cb(conf, on_certificate);
  }

  /// Copies what was recorded.
  void tell(ConnectionAttempt& attempt) const {
    const std::scoped_lock lock{mutex_};
    attempt.states = states_;
    attempt.certificate = certificate_;
    attempt.was_closed_when_asked = has_broken_ && is_up();
  }

  bool has_broken() const {
    const std::scoped_lock lock{mutex_};
    return has_broken_;
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
    // Only the server itself: librdkafka also has an internal broker, and those of Metadata.
    if (broker != -1 || std::to_string(port) != self->port_) return RD_KAFKA_RESP_ERR_NO_ERROR;
    try {
      self->take(state);
    } catch (...) {  // NOLINT(bugprone-empty-catch): C is above us; a state is missed
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  /// Called for each certificate and each of its problems. Accepts what OpenSSL accepts.
  static int on_certificate(rd_kafka_t* /*handle*/, const char* /*name*/, std::int32_t /*broker*/,
                            int* error, int depth, const char* der, std::size_t size,
                            char* /*text*/, std::size_t /*text_size*/, void* opaque) noexcept {
    if (*error == 0) return 1;
    try {
      auto problem = describe_certificate(*error, depth, {der, size});
      auto* self = static_cast<Watch*>(opaque);
      const std::scoped_lock lock{self->mutex_};
      if (!self->certificate_) self->certificate_ = std::move(problem);
    } catch (...) {  // NOLINT(bugprone-empty-catch): C is above us; it is refused without a reason
    }
    return 0;
  }

  void take(std::string_view state) {
    const std::scoped_lock lock{mutex_};
    if (has_broken_) return;
    if (state == "DOWN" && !states_.empty() && is_connected(states_.back())) {
      has_broken_ = true;
    } else if (!is_up()) {
      states_.emplace_back(state);
    }
  }

  bool is_up() const { return !states_.empty() && states_.back() == "UP"; }

  std::string port_;
  mutable std::mutex mutex_;
  std::vector<std::string> states_;
  std::optional<CertificateProblem> certificate_;
  bool has_broken_ = false;
};

/// The request to the server after it is connected: ApiVersions, as a controller does not support
/// Metadata. librdkafka itself sends Metadata, which has the cluster's id.
/// Thread: the waiting one.
class ConnectionProbe::Requests {
 public:
  explicit Requests(rd_kafka_t* handle) : handle_(handle), queue_(rd_kafka_queue_new(handle)) {}

  /// Sends the next request, if none is in progress, and receives answers. librdkafka connects when
  /// there is something to send.
  void go_on(milliseconds left) {
    if (!is_on_the_way_ && !is_answered_) send(left);
    while (const EventPtr event{rd_kafka_queue_poll(queue_.get(), 0)}) {
      is_on_the_way_ = false;
      const auto error = rd_kafka_event_error(event.get());
      if (error == RD_KAFKA_RESP_ERR__UNKNOWN_BROKER) continue;  // not connected yet
      is_answered_ = true;
      std::size_t size = 0;
      const auto* bytes = rd_kafka_event_raw_response(event.get(), &size);
      if (bytes == nullptr) continue;
      const std::string_view body{static_cast<const char*>(bytes), size};
      if (const auto answer = codec::decode<codec::ApiVersionsResponse>(body, kVersion))
        peer_ = peer_of(*answer);
    }
    if (const StringPtr id{rd_kafka_clusterid(handle_, 0)}) cluster_id_ = id.get();
  }

  /// No more answers are expected.
  bool is_done() const {
    return is_answered_ && (peer_ == Peer::kController || cluster_id_.has_value());
  }

  void tell(ConnectionAttempt& attempt) const {
    attempt.peer = peer_;
    attempt.cluster_id = cluster_id_;
  }

 private:
  static constexpr std::int16_t kVersion = codec::kApiVersions.oldest;

  void send(milliseconds left) {
    is_on_the_way_ = true;
    const auto body = codec::encode(codec::ApiVersionsRequest{}, kVersion);
    const auto timeout = static_cast<int>(std::max<std::int64_t>(left.count(), 1));
    rd_kafka_raw_request(handle_, kAnyBroker.value, 0, codec::kApiVersions.key, kVersion,
                         static_cast<int>(codec::is_flexible(codec::kApiVersions, kVersion)),
                         body.data(), body.size(), timeout, queue_.get(), nullptr);
  }

  rd_kafka_t* handle_;
  QueuePtr queue_;
  bool is_on_the_way_ = false;
  /// Also true after a failure: it is asked once.
  bool is_answered_ = false;
  Peer peer_ = Peer::kUnknown;
  std::optional<std::string> cluster_id_;
};

ConnectionProbe::ConnectionProbe(std::unique_ptr<Watch> watch, KafkaClient client)
    : watch_(std::move(watch)),
      client_(std::move(client)),
      requests_(std::make_unique<Requests>(client_.handle())) {}
ConnectionProbe::ConnectionProbe(ConnectionProbe&&) noexcept = default;
ConnectionProbe::~ConnectionProbe() = default;

Result<ConnectionProbe> ConnectionProbe::start(config::ClusterConfig cluster,
                                               const std::string& server) {
  cluster.servers = {server};
  auto watch = std::make_unique<Watch>(server);
  auto client = KafkaClient::create(
      cluster, [](auto, auto, auto) {}, [&](rd_kafka_conf_t* conf) { watch->attach(conf); });
  if (!client) return tl::make_unexpected(client.error());
  ConnectionProbe probe{std::move(watch), std::move(*client)};
  probe.requests_->go_on(cluster.request_timeout);
  return probe;
}

bool ConnectionProbe::advance(milliseconds left) {
  // The error is reported before the state, and the state before a request fails.
  requests_->go_on(left);
  const bool has_ended = watch_->has_broken() || requests_->is_done();
  const QueuePtr queue{rd_kafka_queue_get_main(client_.handle())};
  while (const EventPtr event{rd_kafka_queue_poll(queue.get(), 0)}) {
    if (rd_kafka_event_type(event.get()) != RD_KAFKA_EVENT_ERROR) continue;
    const auto code = rd_kafka_event_error(event.get());
    // It follows every other error.
    if (code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) continue;
    error_ = make_error(code, rd_kafka_event_error_string(event.get()));
  }
  return has_ended;
}

ConnectionAttempt ConnectionProbe::result() const {
  ConnectionAttempt attempt;
  watch_->tell(attempt);
  requests_->tell(attempt);
  // The error of an address that did not connect is not that of the next one, which is silent.
  const bool is_silent =
      !watch_->has_broken() && !attempt.states.empty() && is_connected(attempt.states.back());
  if (!is_silent) attempt.error = error_;
  return attempt;
}

std::vector<std::optional<ConnectionAttempt>> probe_connections(
    const config::ClusterConfig& cluster, const std::vector<std::string>& servers,
    const std::function<bool(std::size_t)>& wanted, milliseconds patience) {
  // Many at once: a silent one must not delay the others; but not all, as each client has its
  // threads and files.
  static constexpr std::size_t kAtOnce = 32;
  using Clock = std::chrono::steady_clock;
  std::vector<std::optional<ConnectionAttempt>> attempts(servers.size());
  for (std::size_t first = 0; first < servers.size(); first += kAtOnce) {
    std::map<std::size_t, ConnectionProbe> probes;
    for (auto i = first; i < std::min(first + kAtOnce, servers.size()); ++i)
      if (wanted(i))
        if (auto started = ConnectionProbe::start(cluster, servers[i]))
          probes.emplace(i, std::move(*started));
    const auto deadline = Clock::now() + patience;
    for (auto waiting = probes.size(); waiting > 0;) {
      const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
      for (auto& [i, probe] : probes) {
        if (attempts[i]) continue;
        if (!probe.advance(left) && left > milliseconds{0}) continue;
        attempts[i] = probe.result();
        --waiting;
      }
      if (waiting > 0) std::this_thread::sleep_for(kSlice);
    }
    // Clients take time to be destroyed: all are destroyed here, not while others are waited for.
  }
  return attempts;
}

}  // namespace kie::kafka
