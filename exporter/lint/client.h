#pragma once

#include "collectors/risk/client.h"
#include "exporter/lint/file.h"

#include <vector>

namespace kie::lint {

/// The client whose own keys are in the majority.
risk::ClientKind guess_client(const ProducerSettings& producer);

/// librdkafka accepts a setting under several names, and as a topic setting, in the order of the
/// file.
void read_as_librdkafka(ProducerSettings& producer, std::vector<Skipped>& skipped);

}  // namespace kie::lint
