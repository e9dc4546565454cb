#pragma once

#include "collectors/kafka/broker_view.h"
#include "collectors/kafka/request_batch.h"
#include "config/topic_filter.h"

#include <functional>
#include <string>
#include <vector>

/// Metadata (API 3) of one broker. Never creates a topic. Permission: Describe on the topics; those
/// that may not be described are left out of an answer for all, and refused by name.
namespace kie::kafka {

using ReceiveView = std::function<void(Result<BrokerView>)>;

/// All topics that pass the filter. `filter` must exist until the batch has been awaited.
void ask_metadata(RequestBatch& batch, BrokerId broker, const config::TopicFilter& filter,
                  ReceiveView receive);

/// These topics, each with its result. `names` must exist until the batch has been awaited.
void ask_topics(RequestBatch& batch, BrokerId broker, const std::vector<std::string>& names,
                ReceiveView receive);

/// Only the brokers.
void ask_brokers(RequestBatch& batch, BrokerId broker, ReceiveView receive);

}  // namespace kie::kafka
