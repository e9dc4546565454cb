#pragma once

#include "collectors/producers/advance.h"

/// Which instance sent a document, and room for new ones.
namespace kie::producers {

/// The instance that sent the statistics: by its start, or, before librdkafka 1.7.0, the one of
/// that name whose counters and clock go on in the document. One that has only sent reports becomes
/// the sender if it started at that time.
InstanceKey find_key(ProducersState& state, const Statistics& statistics, Instant at);

/// The instance that sent the report. If the report is the first to name the client object of which
/// statistics are known, both become one instance.
InstanceKey find_key(ProducersState& state, const ProducerReport& report);

/// The instance with that key, added if there is none, with its client. Makes room by dropping what
/// is gone. `is_fatal`: the document has a fatal error, which must be counted.
tl::expected<Instance*, Refusal> find_or_add(ProducersState& state, const std::string& client_id,
                                             const InstanceKey& key, const ProducerLimits& limits,
                                             bool is_fatal, Instant at, News& news);

/// Drops the instance; its client keeps what it counted.
void drop(ProducersState& state, const InstanceKey& key);

}  // namespace kie::producers
