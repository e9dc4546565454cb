#pragma once

#include "collectors/kafka/client.h"
#include "collectors/kafka/statement.h"
#include "config/topic_filter.h"

#include <chrono>

namespace kie::kafka {

/// All topics that the filter lets through, as one broker has them, whichever librdkafka asks: it
/// cannot be aimed. Blocks for at most `wait`.
/// Source: Metadata (API 3) of all topics; never creates any.
Result<ClusterStatement> ask_metadata(const Client& client, const config::TopicFilter& filter,
                                      std::chrono::milliseconds wait);

}  // namespace kie::kafka
