#pragma once

#include <nlohmann/json_fwd.hpp>

namespace kie::api {

/// Keys stay in the order in which they are written.
using Json = nlohmann::ordered_json;

}  // namespace kie::api
