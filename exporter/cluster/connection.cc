#include "exporter/cluster/connection.h"

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

}  // namespace

kafka::LogSink log_sink(const std::shared_ptr<RdkafkaLog>& log) {
  return [target = log.get()](kafka::LogSeverity severity, std::string_view facility,
                              std::string_view line) {
    target->line(to_level(severity), facility, line);
  };
}

std::vector<std::string> Connection::known_addresses() const {
  std::vector<std::string> addresses;
  for (const auto& broker : session->listed())
    addresses.push_back(model::format_address(broker.host, broker.port));
  return addresses;
}

void Connection::add_addresses(const std::vector<std::string>& addresses) const {
  session->client()->add_servers(addresses);
  controller->client().add_servers(addresses);
}

kafka::Result<Connection> connect(const config::Cluster& cluster, std::shared_ptr<RdkafkaLog> log) {
  const auto sink = log_sink(log);
  auto client = kafka::Client::create(cluster, sink);
  if (!client) return tl::make_unexpected(client.error());
  // What the first says is enough: both connect to the same brokers in the same way.
  auto for_controller = kafka::Client::create(cluster, [](auto, auto, auto) {});
  if (!for_controller) return tl::make_unexpected(for_controller.error());
  auto session = std::make_unique<kafka::Session>(
      std::make_shared<const kafka::Client>(std::move(*client)), cluster.request_timeout);
  kafka::SnapshotReader snapshots{*session, cluster};
  return Connection{std::move(log), std::move(session), std::move(snapshots),
                    std::make_unique<kafka::ControllerProbe>(
                        std::make_shared<const kafka::Client>(std::move(*for_controller)))};
}

}  // namespace kie
