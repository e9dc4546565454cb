#pragma once

#include "config/flags.h"

namespace kie {

/// Asks an exporter whether each of the brokers may be stopped, until each may or the time to wait
/// is over. Prints the last answers on standard output and, while it waits, what has changed on
/// standard error. Returns the exit code of the process: 0 if each may, 1 if one may not, 2 if it
/// is not known of one.
int may_stop(const config::MayStopFlags& flags);

}  // namespace kie
