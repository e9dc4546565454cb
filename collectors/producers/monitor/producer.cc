#include "collectors/producers/monitor/producer.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <exception>
#include <string_view>

namespace kie::monitor {
namespace {

/// More kinds of failures than a client has in practice; records of further ones count as dropped.
constexpr std::size_t kMostFailures = 64;
constexpr std::int16_t kProduce = 0;

/// The settings that are reported, by the names that rd_kafka_conf_get() knows. None of them is a
/// secret; no other is read.
constexpr std::array kSettings{"acks",
                               "batch.num.messages",
                               "batch.size",
                               "compression.type",
                               "delivery.timeout.ms",
                               "enable.gapless.guarantee",
                               "enable.idempotence",
                               "linger.ms",
                               "max.in.flight",
                               "request.timeout.ms",
                               "retries",
                               "retry.backoff.max.ms",
                               "retry.backoff.ms",
                               "socket.timeout.ms",
                               "transaction.timeout.ms",
                               "transactional.id"};

std::string get(const ClientLibrary& library, const rd_kafka_conf_t* conf, const char* name) {
  std::array<char, 512> value{};
  auto size = value.size();
  if (library.conf_get(conf, name, value.data(), &size) != RD_KAFKA_CONF_OK || size > value.size())
    return {};
  return value.data();
}

std::string random_id() {
  std::array<unsigned char, 16> bytes{};
  // It does not wait: the pool of random numbers is filled once a program runs.
  [[maybe_unused]] const auto length = getrandom(bytes.data(), bytes.size(), GRND_NONBLOCK);
  std::string id;
  for (const auto byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    id.append(1, kDigits[byte >> 4U]).append(1, kDigits[byte & 15U]);
  }
  return id;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

/// Unit: milliseconds since 1970, as of the last tick of the kernel, which costs a tenth of the
/// exact time.
std::int64_t coarse_now_ms() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

std::int64_t monotonic_now_us() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1'000'000 + now.tv_nsec / 1000;
}

/// Whether a failed message is certainly librdkafka's own, which has a status. Where the
/// partitioner fails in rd_kafka_produce_batch() it is the application's: its memory ends before
/// the status, and its topic need not be set.
bool has_status(const rd_kafka_message_t& message) {
  if (message.rkt == nullptr) return false;
  switch (message.err) {
    // All that the partitioner returns.
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      // Of librdkafka's own until a broker answers, also of one that waits to be sent again when
      // its topic is deleted, and may be in the log. No application has a use for this offset.
      return message.offset == RD_KAFKA_OFFSET_INVALID;
    default:
      return true;
  }
}

}  // namespace

Producer::Producer(const ClientLibrary& library, rd_kafka_t* client, const rd_kafka_conf_t* conf)
    : library_(library), client_(client) {
  identity_.instance = random_id();
  identity_.client_id = get(library, conf, "client.id");
  identity_.client = std::string("librdkafka ") + library.version_str();
  identity_.host = host_name();
  identity_.pid = getpid();
  identity_.started = monotonic_now_us();
  for (const auto* name : kSettings)
    if (auto value = get(library, conf, name); !value.empty())
      identity_.settings.emplace_back(name, std::move(value));

  const auto acks = get(library, conf, "acks");
  acks_ = acks == "0" ? Acks::kNone : acks == "1" ? Acks::kLeader : Acks::kAll;
  identity_.acks = acks_ == Acks::kLeader ? "1" : "all";
  is_transactional_ = !get(library, conf, "transactional.id").empty();
  failures_.reserve(kMostFailures);
}

bool Producer::on_acknowledgement(const rd_kafka_message_t& message) noexcept {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    note_failure(message);
    return true;
  }
  // With acks=0 librdkafka calls a record delivered that it has sent, and makes up its offset. A
  // topic may have acks=0 of its own.
  if (acks_ == Acks::kNone || library_.message_status(&message) != RD_KAFKA_MSG_STATUS_PERSISTED)
    return false;
  const auto broker = library_.message_broker_id(&message);
  const auto& connection = connections_[static_cast<std::uint32_t>(broker) % connections_.size()];
  if (!acked_.acknowledge(library_.topic_name(message.rkt), message.partition, message.offset,
                          message.len + message.key_len, broker,
                          connection.load(std::memory_order_relaxed), coarse_now_ms()))
    dropped_.fetch_add(1, std::memory_order_relaxed);
  return false;
}

Persistence Producer::persisted(const rd_kafka_message_t& message) const noexcept {
  if (is_transactional_ && (message.err == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
                            message.err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT))
    return Persistence::kAborted;
  // Never sent, or refused by the broker.
  if (!has_status(message)) return Persistence::kNo;
  switch (library_.message_status(&message)) {
    case RD_KAFKA_MSG_STATUS_NOT_PERSISTED:
      return Persistence::kNo;
    case RD_KAFKA_MSG_STATUS_PERSISTED:
      return Persistence::kYes;
    case RD_KAFKA_MSG_STATUS_POSSIBLY_PERSISTED:
      break;
  }
  return Persistence::kPossibly;
}

void Producer::note_failure(const rd_kafka_message_t& message) noexcept {
  const auto status = persisted(message);
  failed_.fetch_add(1, std::memory_order_relaxed);
  const std::scoped_lock lock{failures_mutex_};
  for (auto& one : failures_)
    if (one.error == message.err && one.persisted == status) {
      ++one.records;
      return;
    }
  // Reserved, so that it does not allocate.
  if (failures_.size() < kMostFailures)
    failures_.push_back({.error = message.err, .persisted = status, .records = 1});
  else
    dropped_.fetch_add(1, std::memory_order_relaxed);
}

void Producer::on_response(std::int16_t api_key, std::int64_t round_trip_us) noexcept {
  works_.store(true, std::memory_order_relaxed);
  if (api_key == kProduce && round_trip_us > 0) round_trips_.add(round_trip_us);
}

void Producer::on_connection_lost(std::int32_t broker) noexcept {
  connections_[static_cast<std::uint32_t>(broker) % connections_.size()].fetch_add(
      1, std::memory_order_relaxed);
}

void Producer::on_destroy() noexcept {
  const std::scoped_lock lock{client_mutex_};
  try {
    ask_client_locked();
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): no memory; it stays unknown
  }
  client_ = nullptr;
}

void Producer::ask_client() {
  const std::scoped_lock lock{client_mutex_};
  ask_client_locked();
  if (identity_.name.empty()) identity_.name = asked_.name;
  if (identity_.cluster_id.empty()) identity_.cluster_id = asked_.cluster_id;
  if (!fatal_) fatal_ = asked_.fatal;
}

void Producer::ask_client_locked() {
  if (client_ == nullptr || !works_.load(std::memory_order_relaxed)) return;
  if (asked_.name.empty()) asked_.name = library_.name(client_);
  if (asked_.cluster_id.empty())
    if (char* id = library_.clusterid(client_, 0)) {
      asked_.cluster_id = id;
      library_.mem_free(client_, id);
    }
  if (!asked_.fatal) {
    std::array<char, 512> reason{};
    if (const auto error = library_.fatal_error(client_, reason.data(), reason.size()))
      asked_.fatal = {.error = library_.err2name(error), .reason = reason.data()};
  }
}

Producer::Mark Producer::mark() const {
  return {.acknowledged = acked_.totals().records,
          .failed = failed_.load(),
          .dropped = dropped_.load(),
          .fatal = fatal_.has_value(),
          .ended = is_ended()};
}

bool Producer::is_void() const { return !works_.load() && mark() == Mark{.ended = is_ended()}; }

bool Producer::has_unreported_end() const {
  const auto reported = reported_.value_or(Mark{});
  return (fatal_ && !reported.fatal) || (is_ended() && !reported.ended);
}

Report Producer::report(std::chrono::system_clock::time_point now) {
  // The end is read first: if there was one, all that is read after it is complete, the client's
  // last answers too.
  const bool has_ended = is_ended();
  ask_client();
  sent_ = mark();
  sent_.ended = has_ended;
  Report report;
  report.identity = &identity_;
  report.sequence = ++sequence_;
  report.fatal = fatal_;
  report.at_ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  report.offsets = acked_.copy();
  const auto totals = acked_.totals();
  report.acknowledged = totals.records;
  report.bytes = totals.bytes;
  report.dropped = dropped_.load();
  report.round_trip = round_trips_.take();
  report.ended = sent_.ended;
  const std::scoped_lock lock{failures_mutex_};
  for (const auto& one : failures_)
    report.failed.push_back({library_.err2name(one.error), one.persisted, one.records});
  return report;
}

}  // namespace kie::monitor
