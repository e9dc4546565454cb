#pragma once

#include "config/config.h"

#include <string>
#include <string_view>
#include <vector>

namespace kie::kafka {

/// The text without the value, and without each item of it if it is a list: librdkafka's messages
/// have either.
std::string redact_value(std::string text, std::string_view value);

/// The text without the values of all secret properties.
std::string redact(std::string text, const std::vector<config::Property>& properties);

}  // namespace kie::kafka
