#pragma once

#include <span>
#include <string_view>

namespace kie::producers {

/// Errors after which a producer must be created again, by their names in rd_kafka_err2name(): a
/// closed list in alphabetical order, except for the last, "other".
std::span<const std::string_view> fatal_errors();

/// The one of fatal_errors() with this rd_kafka_err2str(), as statistics have no code. The texts
/// are the same in librdkafka 2.0.2 to 2.16.0.
std::string_view fatal_error(std::string_view description);

/// The one of fatal_errors() with that name, or "other".
std::string_view fatal_error_named(std::string_view name);

/// Errors of a failed delivery, named in the same way: a closed list in alphabetical order, except
/// for the last, "other".
std::span<const std::string_view> delivery_errors();

/// The one of delivery_errors() with that name, or "other".
std::string_view delivery_error_named(std::string_view name);

}  // namespace kie::producers
