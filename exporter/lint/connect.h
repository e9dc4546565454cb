#pragma once

#include "exporter/lint/lines.h"

#include <map>
#include <string>
#include <vector>

namespace kie::lint {

/// What a file says of Kafka Connect.
struct Connect {
  /// Sections of the producers that a worker has, whether the file says anything about them or not.
  std::vector<std::string> workers;
  /// Those of a connector, which it has only if they are there.
  std::vector<std::string> connectors;
  /// Idempotence is on for the producers of sources then.
  bool is_exactly_once = false;
};

Connect connect_of(const std::vector<const Setting*>& lines);

/// What Connect gives its producers before the worker's and the connector's own settings.
/// Source: Worker.baseProducerConfigs() of Kafka 4.3, as far as rules know of it.
std::map<std::string, std::string, std::less<>> connect_defaults(const Connect& connect);

}  // namespace kie::lint
