#pragma once

#include "config/flags.h"
#include "config/load.h"

namespace kie {

/// From now on SIGHUP waits for `run()`, instead of ending a process that is still starting.
void hold_reloads();

/// Runs the exporter until SIGTERM or SIGINT; SIGHUP loads the configuration again.
/// `config`: loaded with `flags` and `surroundings`. Returns the exit code of the process.
int run(const config::Flags& flags, const config::LoadContext& surroundings,
        const config::Config& config);

}  // namespace kie
