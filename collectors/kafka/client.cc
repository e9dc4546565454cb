#include "collectors/kafka/client.h"

#include "collectors/kafka/rdkafka.h"
#include "collectors/kafka/redact.h"

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kie::kafka {
namespace {

struct Reserved {
  std::string_view name;
  std::string_view why;
};

// The exporter's guarantees depend on these.
constexpr std::array kReserved{
    Reserved{"bootstrap.servers", "set `servers` of the [[cluster]] instead"},
    Reserved{"metadata.broker.list", "set `servers` of the [[cluster]] instead"},
    Reserved{"allow.auto.create.topics", "the exporter must never bring a deleted topic back"},
    Reserved{"log.queue", "the exporter takes librdkafka's log lines itself"},
};

// For a light handle that only sends requests. The operator's properties are set after these.
constexpr std::array kDefaults{
    std::pair{"client.id", "kafka-isr-exporter"},
    std::pair{"enable.metrics.push", "false"},
    // Shows how a listener with TLS closes the connection of a client without.
    std::pair{"log.connection.close", "true"},
    // The largest answer, Metadata of all topics, has some 45 bytes per partition; a decoded answer
    // may take 16 times as much memory.
    std::pair{"receive.message.max.bytes", "33554432"},
    std::pair{"reconnect.backoff.max.ms", "2000"},
    std::pair{"socket.keepalive.enable", "true"},
    // The polls suffice; librdkafka's own refresh would read everything a second time.
    std::pair{"topic.metadata.refresh.interval.ms", "-1"},
};

Result<void> set(rd_kafka_conf_t& conf, const std::string& name, const std::string& value) {
  std::array<char, 512> text{};
  if (rd_kafka_conf_set(&conf, name.c_str(), value.c_str(), text.data(), text.size()) ==
      RD_KAFKA_CONF_OK)
    return {};
  return tl::make_unexpected(Error{RD_KAFKA_RESP_ERR__INVALID_ARG, text.data()});
}

LogSeverity severity_of(int syslog_level) {
  if (syslog_level <= 3) return LogSeverity::kError;
  if (syslog_level == 4) return LogSeverity::kWarning;
  if (syslog_level <= 6) return LogSeverity::kInfo;
  return LogSeverity::kDebug;
}

void on_log(const rd_kafka_t* handle, int level, const char* facility, const char* line) noexcept {
  const auto* sink = static_cast<const RdkafkaLogSink*>(rd_kafka_opaque(handle));
  if (sink == nullptr) return;
  try {
    (*sink)(severity_of(level), facility, line);
  } catch (...) {  // NOLINT(bugprone-empty-catch): C is above us, and the log itself has failed
  }
}

/// librdkafka's first log line while it set up TLS. Its error has only the last message of OpenSSL
/// ("PEM lib"); earlier ones ("bad decrypt") are only logged. Thread: any.
class TlsComplaint {
 public:
  void append(LogSeverity severity, std::string_view facility, std::string_view line) {
    if (!facility.starts_with("SSL") || severity > LogSeverity::kWarning) return;
    const std::scoped_lock lock{mutex_};
    if (!text_.empty()) return;
    const auto end = line.find("]: ");  // of the thread's name
    text_ = end == std::string_view::npos ? line : line.substr(end + 3);
  }

  std::string text() const {
    const std::scoped_lock lock{mutex_};
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// Without a mechanism librdkafka uses Kerberos, and its error is about Kerberos' properties, which
/// are not set. nullopt: the error is another one.
std::optional<std::string> missing_mechanism(const std::vector<config::Property>& properties,
                                             std::string_view complaint) {
  if (complaint.find("kerberos") == std::string_view::npos &&
      complaint.find("GSSAPI") == std::string_view::npos)
    return std::nullopt;
  const auto names_one = [](const config::Property& property) {
    return property.name.starts_with("sasl.mechanism");
  };
  if (std::ranges::any_of(properties, names_one)) return std::nullopt;
  return "sasl.mechanism is missing: set it to PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER, "
         "as the brokers offer; without it librdkafka takes GSSAPI (Kerberos), and complains: " +
         std::string(complaint);
}

/// No thread polls the handle's main queue, through which OAUTHBEARER would ask for tokens.
Result<void> fetch_tokens_in_background(rd_kafka_t& handle) {
  const QueuePtr tokens{rd_kafka_queue_get_sasl(&handle)};
  if (!tokens) return {};  // no mechanism that needs any
  const ErrorPtr failed{rd_kafka_sasl_background_callbacks_enable(&handle)};
  if (!failed) return {};
  return tl::make_unexpected(
      make_error(rd_kafka_error_code(failed.get()), rd_kafka_error_string(failed.get())));
}

}  // namespace

void KafkaClient::HandleDeleter::operator()(rd_kafka_s* handle) const noexcept {
  rd_kafka_destroy(handle);
}

Result<KafkaClient> KafkaClient::create(const config::ClusterConfig& cluster, RdkafkaLogSink sink,
                                        const Prepare& prepare) {
  ConfPtr conf{rd_kafka_conf_new()};
  const auto complaint = std::make_shared<TlsComplaint>();
  auto owned_sink = std::make_unique<RdkafkaLogSink>(
      [sink = std::move(sink), properties = cluster.librdkafka, complaint](
          LogSeverity severity, std::string_view facility, std::string_view line) {
        const auto text = redact(std::string(line), properties);
        complaint->append(severity, facility, text);
        sink(severity, facility, text);
      });
  rd_kafka_conf_set_opaque(conf.get(), owned_sink.get());
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  rd_kafka_conf_enable_sasl_queue(conf.get(), 1);

  std::string servers;
  for (const auto& server : cluster.servers) {
    if (!servers.empty()) servers += ',';
    servers += server;
  }
  for (const auto& [name, value] : kDefaults)
    if (auto done = set(*conf, name, value); !done) return tl::make_unexpected(done.error());
  // The connection to a silent broker must be closed, or librdkafka would prefer it again.
  const auto timeout = std::to_string(cluster.request_timeout.count());
  if (auto done = set(*conf, "socket.timeout.ms", timeout); !done)
    return tl::make_unexpected(done.error());
  for (const auto& property : cluster.librdkafka)
    if (!set(*conf, property.name, property.value.reveal()))
      return tl::make_unexpected(Error{RD_KAFKA_RESP_ERR__INVALID_ARG,
                                       "librdkafka refuses the property " + property.name});
  if (auto done = set(*conf, "bootstrap.servers", servers); !done)
    return tl::make_unexpected(done.error());
  if (auto done = set(*conf, "allow.auto.create.topics", "false"); !done)
    return tl::make_unexpected(done.error());
  if (prepare) prepare(conf.get());

  std::array<char, 512> text{};
  auto* handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf.get(), text.data(), text.size());
  if (handle == nullptr) {
    // librdkafka has freed the interceptors already, and would free them again with the
    // configuration (before 2.13): a leak is better.
    if (prepare) [[maybe_unused]]
      const auto* leaked = conf.release();
    auto why = redact(text.data(), cluster.librdkafka);
    if (auto missing = missing_mechanism(cluster.librdkafka, why)) why = std::move(*missing);
    if (const auto first = complaint->text(); !first.empty()) why += "; " + first;
    return tl::make_unexpected(Error{RD_KAFKA_RESP_ERR__INVALID_ARG, std::move(why)});
  }
  [[maybe_unused]] const auto* taken_by_the_handle = conf.release();
  KafkaClient client{std::move(owned_sink), handle};
  if (auto done = fetch_tokens_in_background(*handle); !done)
    return tl::make_unexpected(done.error());
  return client;
}

void KafkaClient::add_servers(const std::vector<std::string>& servers) const {
  for (const auto& server : servers) rd_kafka_brokers_add(handle_.get(), server.c_str());
}

std::optional<std::string> check_property(const std::string& name, const config::Secret& value) {
  for (const auto& reserved : kReserved)
    if (reserved.name == name) return name + " cannot be set here: " + std::string(reserved.why);
  const ConfPtr conf{rd_kafka_conf_new()};
  // A secret may be in the wrong property. A truncated one would not be found in the message.
  std::string text(value.reveal().size() + 512, '\0');
  switch (rd_kafka_conf_set(conf.get(), name.c_str(), value.reveal().c_str(), text.data(),
                            text.size())) {
    case RD_KAFKA_CONF_OK:
      return std::nullopt;
    case RD_KAFKA_CONF_UNKNOWN:
      return "librdkafka " + librdkafka_version() + " has no property \"" + name + "\"";
    default:
      return redact_value(text.c_str(), value.reveal());
  }
}

std::string librdkafka_version() { return rd_kafka_version_str(); }

}  // namespace kie::kafka
