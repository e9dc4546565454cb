#pragma once

#include "config/flags.h"
#include "config/load.h"

namespace kie {

/// Tries the configuration out and prints what came of it on standard output; problems of the
/// configuration itself go to standard error, or to standard output as JSON. Returns the exit code
/// of the process: 0 if all is well, 1 if something failed, 2 if the configuration is wrong.
int check(const config::Flags& flags, const config::LoadContext& surroundings);

}  // namespace kie
