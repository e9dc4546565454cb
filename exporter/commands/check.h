#pragma once

#include "config/flags.h"
#include "config/load.h"

namespace kie {

/// Tests the configuration and prints the result on standard output; errors in the configuration
/// go to standard error, or to standard output as JSON. Returns the exit code of the process: 0 if
/// all checks passed, 1 if one failed, 2 if the configuration is wrong.
int check(const config::Flags& flags, const config::LoadContext& load_context);

}  // namespace kie
