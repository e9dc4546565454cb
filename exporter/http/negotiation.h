#pragma once

#include <string_view>

namespace kie::http {

/// Whether an Accept-Encoding header (RFC 9110, 12.5.3) lets gzip be sent: named with a weight
/// above 0, or covered by "*". A header that cannot be read does not.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace kie::http
