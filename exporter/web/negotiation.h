#pragma once

#include "exporter/exposition/text.h"

#include <string_view>

namespace kie::http {

/// Whether an Accept-Encoding header (RFC 9110, 12.5.3) accepts gzip: listed with a weight above 0,
/// or covered by "*", and identity is not listed with a higher one. False if the header cannot be
/// read.
bool accepts_gzip(std::string_view accept_encoding);

/// The format that an Accept header (RFC 9110, 12.5.1) prefers: the most specific range that
/// matches a format sets its weight. OpenMetrics 1.0.0 if its weight is higher, or the same and it
/// is listed; the draft 0.0.1 counts as 1.0.0. Text if neither is acceptable or the header cannot
/// be read.
exposition::Format choose_format(std::string_view accept);

}  // namespace kie::http
