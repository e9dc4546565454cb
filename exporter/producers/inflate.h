#pragma once

#include "exporter/http/message.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace kie::ingest {

/// What was compressed with gzip, if it has no more bytes than `limit`: no more is ever allocated
/// than that. kCutOff: it is not gzip, or not all of it.
tl::expected<std::string, http::BodyError> inflate(std::string_view gzip, std::size_t limit);

}  // namespace kie::ingest
