#pragma once

#include <string>

namespace kie::exposition {

/// The reference of all families as a Markdown table, for `kafka-isr-exporter metrics` and
/// METRICS.md.
std::string metrics_reference();

}  // namespace kie::exposition
