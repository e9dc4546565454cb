#pragma once

#include "exporter/lint/lines.h"

namespace kie::lint {

/// Adds the producers of a file with the client's own names, without or with a prefix, as in
/// Kafka Connect's files and an application's JSON.
void add_plain_producers(const std::vector<Lines>& documents, File& file);

}  // namespace kie::lint
