#pragma once

#include "collectors/kafka/check/check_cluster.h"
#include "config/config_error.h"

#include <string>
#include <vector>

/// The output of `check`. Pure.
namespace kie {

using ClusterChecks = std::vector<kafka::ClusterCheck>;

/// A line for each check, with help below those that failed, and a summary. Ends with a line feed,
/// like the others.
std::string check_text(const ClusterChecks& clusters);

std::string check_json(const ClusterChecks& clusters);

/// For a configuration with errors, with which nothing can be checked.
std::string problems_json(const config::ConfigErrors& problems);

/// 0: all ok, 1: a check failed, 2: librdkafka refuses a configuration.
int exit_code(const ClusterChecks& clusters);

/// Adds to each cluster whether an earlier entry is the same cluster. Nothing with only one entry.
void compare_ids(ClusterChecks& clusters);

}  // namespace kie
