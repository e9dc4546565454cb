#pragma once

#include "config/flags.h"
#include "config/load.h"

namespace kie {

/// Applies the rules to the files of `flags`, and with a configuration to the topics of its
/// clusters; prints findings on standard output. Returns the exit code of the process: 0 if there
/// are none, 1 if there are some, 2 if something could not be read.
int run_lint(const config::Flags& flags, const config::LoadContext& load_context);

}  // namespace kie
