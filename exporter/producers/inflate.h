#pragma once

#include "exporter/http/message.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace kie::ingest {

/// Decompresses gzip to at most `limit` bytes, and never allocates more. kCutOff: not gzip, or
/// incomplete.
tl::expected<std::string, http::BodyError> inflate(std::string_view gzip, std::size_t limit);

}  // namespace kie::ingest
