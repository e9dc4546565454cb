#pragma once

#include "config/config.h"

namespace kie {

/// Runs the exporter until SIGTERM or SIGINT. Returns the exit code of the process.
int run(const config::Config& config);

}  // namespace kie
