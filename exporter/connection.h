#pragma once

#include "collectors/kafka/observer.h"
#include "exporter/trouble.h"

#include <memory>

namespace kie {

/// What a worker asks its cluster with.
struct Connection {
  // librdkafka logs into it until the observer is gone, so it must be destroyed after it.
  std::shared_ptr<RdkafkaLog> log;
  kafka::Observer observer;
};

/// Passes librdkafka's lines on to `log`, which must outlive all that is made with it.
kafka::LogSink log_sink(const std::shared_ptr<RdkafkaLog>& log);

/// Fails if librdkafka refuses the configuration, or a file that it names; a cluster that is not
/// there is no error. `log` hears of both.
kafka::Result<Connection> connect(const config::Cluster& cluster, std::shared_ptr<RdkafkaLog> log);

}  // namespace kie
