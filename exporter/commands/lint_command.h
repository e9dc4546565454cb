#pragma once

#include "config/flags.h"
#include "config/load.h"

namespace kie {

/// Holds the files of `flags` against the rules, and with a configuration the topics of its
/// clusters; prints what is found on standard output. Returns the exit code of the process: 0 if
/// nothing was found, 1 if something was, 2 if something could not be read.
int run_lint(const config::Flags& flags, const config::LoadContext& surroundings);

}  // namespace kie
