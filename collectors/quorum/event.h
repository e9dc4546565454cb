#pragma once

#include "collectors/model/snapshot.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace kie::quorum {

enum class ControllerEventKind : std::uint8_t {
  /// No controller answers any more.
  kControllerLost,
  kControllerBack,
  /// Another controller is active, or the same one was elected again.
  kControllerChange,
};

/// Something that happened to a cluster's controller between two polls.
struct ControllerEvent {
  ControllerEventKind kind = ControllerEventKind::kControllerLost;
  /// The last poll that did not show it yet; nullopt if there was none in this process.
  std::optional<model::Instant> from;
  model::Instant to;
  /// The active controller and its epoch, before and after; nullopt: not known, or none.
  std::optional<BrokerId> id_before, id_after;
  std::optional<LeaderEpoch> epoch_before, epoch_after;
};

constexpr std::string_view to_string(ControllerEventKind kind) {
  switch (kind) {
    case ControllerEventKind::kControllerLost:
      return "controller_lost";
    case ControllerEventKind::kControllerBack:
      return "controller_back";
    case ControllerEventKind::kControllerChange:
      return "controller_change";
  }
  return "unknown";
}

}  // namespace kie::quorum
