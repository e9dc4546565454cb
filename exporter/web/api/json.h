#pragma once

#include <nlohmann/json_fwd.hpp>

namespace kie::api {

/// Keeps the order of keys.
using Json = nlohmann::ordered_json;

}  // namespace kie::api
