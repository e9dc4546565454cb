#pragma once

#include "exporter/lint/lines.h"

namespace kie::lint {

/// Whether any line is a Spring Boot setting for Kafka.
bool is_spring(const std::vector<Lines>& documents);

/// Adds the result of Spring Boot's KafkaProperties.buildProducerProperties() for each profile.
void add_spring_producers(const std::vector<Lines>& documents, File& file);

/// The name of a Kafka setting in Spring's files that overrides the producer's present one.
std::string spring_name(const ProducerSettings& producer, std::string_view key);

}  // namespace kie::lint
