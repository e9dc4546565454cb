#pragma once

#include "collectors/kafka/broker_view.h"
#include "collectors/kafka/check/check_report.h"
#include "collectors/kafka/client.h"
#include "config/config.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kie::kafka {

/// acl_command() for the principal of the configuration.
using Grant =
    std::function<std::string(const std::vector<std::string>& topics, std::string_view operation)>;

/// Sends all requests of the collectors, and adds a check for each.
/// `metadata`: of all topics, also those not watched. `brokers`: those that can be reached, at
/// least one; the first is asked what any broker can answer.
void add_request_checks(const std::shared_ptr<const KafkaClient>& client,
                        const config::ClusterConfig& cluster, const BrokerView& metadata,
                        const std::vector<BrokerId>& brokers, const Grant& grant,
                        CheckReport& report);

/// The same checks, skipped.
void skip_request_checks(CheckReport& report, CheckId waits_for);

}  // namespace kie::kafka
