#include "exporter/connection.h"

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

kafka::Result<Connection> connect(const config::Cluster& cluster, std::shared_ptr<RdkafkaLog> log) {
  auto observer = kafka::Observer::create(cluster, log_sink(log));
  if (!observer) return tl::make_unexpected(observer.error());
  return Connection{std::move(log), std::move(*observer)};
}

}  // namespace kie
