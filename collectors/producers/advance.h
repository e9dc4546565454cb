#pragma once

#include "collectors/producers/state.h"

#include <tl/expected.hpp>

namespace kie::producers {

struct ProducerLimits {
  std::size_t clients = 1'000;
  std::size_t instances = 10'000;
  /// The most bytes of a client.id or a name.
  std::size_t label = 256;
  /// Lines of offsets in the last reports of all instances together.
  std::size_t offsets = 100'000;
};

/// Why a document was refused: a closed list, the values of the metric's label.
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
      return "there are too many clients already (max_clients)";
    case Refusal::kTooManyInstances:
      return "there are too many instances already (max_instances)";
    case Refusal::kLabelTooLong:
      return "a client_id, a name, a host, a topic or the like is too long (max_label)";
    case Refusal::kTooManyOffsets:
      return "there are too many offsets already (max_offsets)";
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
};

/// Applies one document as a whole or not at all. A duplicate, or one that comes after a newer one
/// of the same instance, changes nothing but when the instance was seen.
tl::expected<News, Refusal> advance(ProducersState& state, Statistics statistics,
                                    const ProducerLimits& limits, Instant at, WallTime wall);
tl::expected<News, Refusal> advance(ProducersState& state, ProducerReport report,
                                    const ProducerLimits& limits, Instant at, WallTime wall);

/// Restores a fatal error that an earlier process reported: it does not count again when the
/// instance, which may still report, sends it.
void recall(ProducersState& state, const std::string& client_id, const InstanceKey& key,
            const FatalError& fatal);

/// How long an instance may not report before it counts as gone: five times its interval, at least
/// a minute.
std::chrono::microseconds time_to_live(const Instance& instance);

/// Marks instances that have vanished, and returns them; drops clients without instances, and what
/// is older than its window. A client whose instance vanished, or had a fatal error, stays for an
/// hour, so that the alert can be read.
std::vector<const Instance*> forget(ProducersState& state, Instant now);

}  // namespace kie::producers
