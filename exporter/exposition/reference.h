#pragma once

#include <string>

namespace kie::exposition {

/// The reference of all families as a Markdown table: what `kafka-isr-exporter metrics` prints and
/// METRICS.md has.
std::string metrics_reference();

}  // namespace kie::exposition
