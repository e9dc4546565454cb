#include "exporter/cluster/cluster_connection.h"

#include "collectors/model/address.h"

#include <utility>

namespace kie {
namespace {

config::LogLevel to_level(kafka::LogSeverity severity) {
  switch (severity) {
    case kafka::LogSeverity::kError:
      return config::LogLevel::kError;
    case kafka::LogSeverity::kWarning:
      return config::LogLevel::kWarn;
    case kafka::LogSeverity::kInfo:
      return config::LogLevel::kInfo;
    case kafka::LogSeverity::kDebug:
      return config::LogLevel::kDebug;
  }
  return config::LogLevel::kInfo;
}

/// Passes librdkafka's lines on to `log`, which must outlive all that is made with it.
kafka::RdkafkaLogSink log_sink(const std::shared_ptr<RdkafkaLog>& log) {
  return [target = log.get()](kafka::LogSeverity severity, std::string_view facility,
                              std::string_view line) {
    target->line(to_level(severity), facility, line);
  };
}

}  // namespace

ClusterConnection::ClusterConnection(std::shared_ptr<RdkafkaLog> log,
                                     std::shared_ptr<const kafka::KafkaClient> client,
                                     std::shared_ptr<const kafka::KafkaClient> for_controller,
                                     const config::ClusterConfig& cluster)
    : log_(std::move(log)),
      session_(std::move(client), cluster.request_timeout),
      snapshots_(session_, cluster),
      controller_(std::move(for_controller)) {}

kafka::Result<std::unique_ptr<ClusterConnection>> ClusterConnection::open(
    const config::ClusterConfig& cluster, std::shared_ptr<RdkafkaLog> log) {
  auto client = kafka::KafkaClient::create(cluster, log_sink(log));
  if (!client) return tl::make_unexpected(client.error());
  // The first client's log lines are enough: both connect to the same brokers in the same way.
  auto for_controller = kafka::KafkaClient::create(cluster, [](auto, auto, auto) {});
  if (!for_controller) return tl::make_unexpected(for_controller.error());
  return std::unique_ptr<ClusterConnection>{new ClusterConnection{
      std::move(log), std::make_shared<const kafka::KafkaClient>(std::move(*client)),
      std::make_shared<const kafka::KafkaClient>(std::move(*for_controller)), cluster}};
}

std::vector<std::string> ClusterConnection::known_addresses() const {
  std::vector<std::string> addresses;
  for (const auto& broker : session_.listed())
    addresses.push_back(model::format_address(broker.host, broker.port));
  return addresses;
}

void ClusterConnection::add_addresses(const std::vector<std::string>& addresses) {
  client()->add_servers(addresses);
  controller_.client().add_servers(addresses);
}

kafka::Result<kafka::SnapshotReport> ClusterConnection::read(model::Instant at,
                                                             const kafka::Known& known) {
  return snapshots_.read(at, known);
}

kafka::Result<kafka::SnapshotReport> ClusterConnection::read_topics(
    model::Instant at, const std::vector<std::string>& topics, const kafka::Known& known) {
  return snapshots_.read_topics(at, topics, known);
}

std::vector<BrokerId> ClusterConnection::listed() const { return session_.listed_ids(); }

kafka::ConfigsReport ClusterConnection::read_configs(model::Configs& configs,
                                                     const std::vector<std::string>& topics,
                                                     const std::vector<BrokerId>& brokers) {
  return kafka::read_configs(session_, configs, topics, brokers);
}

std::optional<model::ControllerSnapshot> ClusterConnection::take_controller(
    std::chrono::milliseconds wait) {
  return controller_.take(wait);
}

}  // namespace kie
