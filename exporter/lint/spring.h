#pragma once

#include "exporter/lint/lines.h"

namespace kie::lint {

/// Whether any line is one of Spring Boot's for Kafka.
bool is_spring(const std::vector<Lines>& documents);

/// What Spring Boot's KafkaProperties.buildProducerProperties() makes of them, for each profile.
std::vector<Producer> spring_producers(const std::vector<Lines>& documents,
                                       std::vector<Skipped>& skipped);

}  // namespace kie::lint
