#pragma once

#include "collectors/kafka/check/check_cluster.h"
#include "config/config_error.h"

#include <string>
#include <vector>

/// What `check` prints. Pure.
namespace kie {

using ClusterChecks = std::vector<kafka::ClusterCheck>;

/// A line for each check, with what to do below those that failed, and a summary. Ends with a line
/// feed, as the others do.
std::string check_text(const ClusterChecks& clusters);

std::string check_json(const ClusterChecks& clusters);

/// A configuration that nothing can be checked with.
std::string problems_json(const config::ConfigErrors& problems);

/// 0: all ok, 1: a check failed, 2: librdkafka refuses a configuration.
int exit_code(const ClusterChecks& clusters);

/// Adds to each cluster whether an earlier entry is the same one. Nothing if there is one entry.
void compare_ids(ClusterChecks& clusters);

}  // namespace kie
