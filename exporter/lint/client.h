#pragma once

#include "collectors/risk/client.h"
#include "exporter/lint/file.h"

#include <vector>

namespace kie::lint {

/// The one whose own keys are in the majority.
risk::ClientKind guess_client(const ProducerSettings& producer);

/// librdkafka takes a setting under several names, and as one of a topic, in the order of the file.
void read_as_librdkafka(ProducerSettings& producer, std::vector<Skipped>& skipped);

}  // namespace kie::lint
