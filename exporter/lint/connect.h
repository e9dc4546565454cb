#pragma once

#include "exporter/lint/lines.h"

#include <map>
#include <string>
#include <vector>

namespace kie::lint {

/// The Kafka Connect configuration in a file.
struct Connect {
  /// Sections of a worker's producers, in the file or not.
  std::vector<std::string> workers;
  /// Sections of a connector's producers, only those in the file.
  std::vector<std::string> connectors;
  /// Then idempotence is on for the producers of sources.
  bool is_exactly_once = false;
};

Connect connect_of(const std::vector<const Setting*>& lines);

/// The defaults of Connect's producers, which the worker's and the connector's settings override.
/// Source: Worker.baseProducerConfigs() of Kafka 4.3, as far as rules depend on it.
std::map<std::string, std::string, std::less<>> connect_defaults(const Connect& connect);

}  // namespace kie::lint
