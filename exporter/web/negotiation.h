#pragma once

#include "exporter/exposition/text.h"

#include <string_view>

namespace kie::http {

/// Whether gzip is to be sent by an Accept-Encoding header (RFC 9110, 12.5.3): named with a weight
/// above 0, or covered by "*", and identity not named with a higher one. By a header that cannot be
/// read it is not.
bool accepts_gzip(std::string_view accept_encoding);

/// The format that an Accept header (RFC 9110, 12.5.1) prefers: of the ranges that match a format
/// the most specific has its weight. OpenMetrics 1.0.0 where its weight is higher, or the same and
/// it is named; the draft 0.0.1 counts as 1.0.0. Text where neither is acceptable or the header
/// cannot be read.
exposition::Format choose_format(std::string_view accept);

}  // namespace kie::http
