#pragma once

#include "collectors/producers/state.h"
#include "exporter/producers/store.h"
#include "exporter/web/api/json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kie::api {

inline constexpr std::uint64_t kMostProducers = 1000;

/// Reads PRODUCER@STARTED@INSTANCE.
std::optional<producers::InstanceKey> parse_producer(std::string_view text);

struct ProducerQuery {
  std::optional<std::string> client_id;
  std::uint64_t limit = 100;
  /// Begin after this one, which need not exist.
  std::optional<producers::InstanceKey> after;
};

/// {"producers": [...], "next": cursor or null}: instances, by name and start, also those that are
/// gone as long as they are known.
Json producers_json(ProducerStore& producers, const ProducerQuery& query);

}  // namespace kie::api
