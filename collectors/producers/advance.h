#pragma once

#include "collectors/producers/state.h"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kie::producers {

struct ProducerLimits {
  std::size_t clients = 1'000;
  std::size_t instances = 10'000;
  /// The most bytes of a client.id or a name.
  std::size_t label = 256;
  /// Lines of offsets in the last reports of all instances together.
  std::size_t offsets = 100'000;
};

/// Why a document, or a part of it, was not accepted: a closed list, the values of the metric's
/// label.
enum class Refusal : std::uint8_t {
  kTooManyClients,
  kTooManyInstances,
  kLabelTooLong,
  kTooManyOffsets,
  kFromFuture,
  kWentBack,
};

inline constexpr std::size_t kRefusals = 6;

constexpr std::string_view to_string(Refusal refusal) {
  switch (refusal) {
    case Refusal::kTooManyClients:
      return "clients";
    case Refusal::kTooManyInstances:
      return "instances";
    case Refusal::kLabelTooLong:
      return "label_length";
    case Refusal::kTooManyOffsets:
      return "offsets";
    case Refusal::kFromFuture:
      return "future";
    case Refusal::kWentBack:
      return "went_back";
  }
  return "unknown";
}

/// A text for the sender.
constexpr std::string_view explain(Refusal refusal) {
  switch (refusal) {
    case Refusal::kTooManyClients:
      return "there are too many clients (max_clients): it is counted as client_id \"other\"";
    case Refusal::kTooManyInstances:
      return "there are too many instances already (max_instances)";
    case Refusal::kLabelTooLong:
      return "a client_id, a name, a host, a topic or the like is too long (max_label): it was "
             "cut, "
             "and an offset of such a topic was left out";
    case Refusal::kTooManyOffsets:
      return "there are too many offsets (max_offsets): those above the limit were left out";
    case Refusal::kFromFuture:
      return "time is more than a day in the future; it is in seconds";
    case Refusal::kWentBack:
      return "a counter is lower than in the report before; an instance counts from its start on";
  }
  return "";
}

/// What is new in a document.
struct News {
  /// Valid until the state changes.
  const Instance* instance = nullptr;
  bool is_new_instance = false;
  /// Its fatal error, if it was not known before.
  std::optional<FatalError> fatal;
  /// It got another producer id.
  std::optional<std::int64_t> new_id;
  bool has_ended = false;
  /// Acknowledged offsets of a report that is newer than the one before.
  std::vector<ReportedSegment> offsets;
  /// Why parts of the document were not used, each once.
  std::vector<Refusal> given_up;
};

/// Applies one document. A duplicate, or one that comes after a newer one of the same instance,
/// changes nothing but when the instance was seen. Above a limit a document loses the part that is
/// above it, never a failure or a fatal error.
tl::expected<News, Refusal> advance(ProducersState& state, Statistics statistics,
                                    const ProducerLimits& limits, Instant at, WallTime wall);
tl::expected<News, Refusal> advance(ProducersState& state, ProducerReport report,
                                    const ProducerLimits& limits, Instant at, WallTime wall);

/// Restores a fatal error of the last hour, which the journal has. `is_counted`: the client's
/// stored state counts it. Otherwise it counts if the state of the instance does not have it yet;
/// of a client or an instance that had to make room, only the last hour does.
void recall(ProducersState& state, const std::string& client_id, const InstanceKey& key,
            const FatalError& fatal, bool is_counted, const ProducerLimits& limits);

}  // namespace kie::producers
