#pragma once

#include "config/config.h"

#include <string>
#include <vector>

namespace kie::kafka {

/// The text without the values of secret properties, and without each item of those that are lists:
/// librdkafka repeats either in its complaints.
std::string without_secrets(std::string text, const std::vector<config::Property>& properties);

}  // namespace kie::kafka
