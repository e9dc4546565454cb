#pragma once

#include "collectors/kafka/check.h"
#include "config/problem.h"

#include <string>
#include <vector>

/// What `check` prints. Pure.
namespace kie {

using Checks = std::vector<kafka::ClusterCheck>;

/// A line for each step, with what to do below those that failed, and a summary. Ends with a line
/// feed, as the others do.
std::string check_text(const Checks& checks);

std::string check_json(const Checks& checks);

/// A configuration that nothing can be checked with.
std::string problems_json(const config::Problems& problems);

/// 0: all ok, 1: a step failed, 2: librdkafka refuses a configuration.
int exit_code(const Checks& checks);

/// Adds to each cluster whether an earlier entry is the same one. Nothing if there is one entry.
void compare_ids(Checks& checks);

}  // namespace kie
