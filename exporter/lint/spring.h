#pragma once

#include "exporter/lint/lines.h"

namespace kie::lint {

/// Whether any line is one of Spring Boot's for Kafka.
bool is_spring(const std::vector<Lines>& documents);

/// Adds what Spring Boot's KafkaProperties.buildProducerProperties() makes of them, for each
/// profile.
void add_spring_producers(const std::vector<Lines>& documents, File& file);

/// What Kafka's setting is called in Spring's files, so that it wins over what the producer has.
std::string spring_name(const ProducerSettings& producer, std::string_view key);

}  // namespace kie::lint
