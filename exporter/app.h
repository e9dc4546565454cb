#pragma once

#include "config/flags.h"
#include "config/load.h"

namespace kie {

/// Runs the exporter until SIGTERM or SIGINT; SIGHUP loads the configuration again.
/// `config`: loaded with `flags` and `load_context`. Returns the exit code of the process.
int run(const config::Flags& flags, const config::LoadContext& load_context,
        const config::Config& config);

}  // namespace kie
