#pragma once

#include "exporter/lint/lines.h"

namespace kie::lint {

/// Adds the producers of a file that calls settings as the client does: bare, or behind a prefix,
/// as Kafka Connect's files and an application's JSON have them.
void add_plain_producers(const std::vector<Lines>& documents, File& file);

}  // namespace kie::lint
