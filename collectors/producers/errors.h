#pragma once

#include <span>
#include <string_view>

namespace kie::producers {

/// Errors after which a producer is of no use and must be created again, by their names in
/// rd_kafka_err2name(): a closed list, whose last is "other". In alphabetical order but for that.
std::span<const std::string_view> fatal_errors();

/// The one of fatal_errors() that rd_kafka_err2str() describes so, for statistics have no code. The
/// texts of all of them are the same in librdkafka 2.0.2 to 2.16.0.
std::string_view fatal_error(std::string_view description);

/// The one of fatal_errors() with that name, or "other".
std::string_view fatal_error_named(std::string_view name);

/// Errors with which the delivery of a record ends, named in the same way: a closed list, whose
/// last is "other". In alphabetical order but for that.
std::span<const std::string_view> delivery_errors();

/// The one of delivery_errors() with that name, or "other".
std::string_view delivery_error_named(std::string_view name);

}  // namespace kie::producers
